import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Ended, ended, freshet, start } from '../cli/run-freshet.js';
import { makeTopic } from '../endpoints/kafka/topics.js';
import { database, freshName } from '../services/fresh-names.js';
import type { Kafka } from '../services/kafka/kafka.js';
import type { Mariadb } from '../services/mariadb.js';
import { committed, progress } from './group-progress.js';

const STAGES = ['aggregate', 'mysql', 'sqlite'] as const;
type Stage = (typeof STAGES)[number];

const PARTITIONS = 4;

/** What happens when so many chunks of the input were written. */
export type Fault = { readonly at: number } & (
  | { readonly kind: 'kill' | 'stop' | 'pause'; readonly stage: Stage }
  | { readonly kind: 'database'; readonly delay: number; readonly away: number }
  | { readonly kind: 'broker'; readonly id: number; readonly delay: number; readonly away: number }
);

/** Five faults in their order: of a process, of the database and of a broker at least one each. */
export function someFaults(chunks: number): fc.Arbitrary<Fault[]> {
  const at = fc.integer({ min: 5, max: chunks - 5 });
  const delay = fc.nat(100);
  const ofProcess = fc.record({
    at,
    kind: fc.constantFrom('kill', 'kill', 'stop', 'pause'),
    stage: fc.constantFrom(...STAGES),
  });
  const ofDatabase = fc.record({ at, kind: fc.constant('database'), delay, away: fc.constantFrom(0, 2000) });
  const id = fc.integer({ min: 1, max: 3 });
  const ofBroker = fc.record({ at, kind: fc.constant('broker'), id, delay, away: fc.constantFrom(0, 3000, 10_000) });
  return fc
    .tuple(ofProcess, ofDatabase, ofBroker, fc.oneof(ofProcess, ofDatabase), fc.oneof(ofProcess, ofBroker))
    .map((faults) => (faults as Fault[]).sort((a, b) => a.at - b.at));
}

export interface Services {
  /** The address of a schema registry. */
  readonly registry: string;
  /** Of three brokers. */
  readonly cluster: Kafka;
  readonly server: Mariadb;
}

interface Copy {
  readonly stage: Stage;
  process: ChildProcess;
  readonly done: Promise<Ended>;
}

/** What one says that found no database at its start. */
const NO_DATABASE = /^freshet: mysql:\S+ can't be reached/;

/** A topic that two copies of an aggregate read, whose rows two copies store in MariaDB and one in SQLite. */
export class Story {
  /** What struck, and how much was committed then. */
  readonly told: string[] = [];
  readonly #copies: Copy[];
  /** When the database or the broker that was killed last is back. */
  #back: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly services: Services,
    readonly topics: { readonly input: string; readonly daily: string; readonly dead: string },
    /** Of the database, with its password. */
    readonly database: string,
    /** Of the table of SQLite. */
    readonly table: string,
    readonly commands: Readonly<Record<Stage, readonly string[]>>,
    readonly groups: Readonly<Record<Stage, string>>,
    readonly env: NodeJS.ProcessEnv,
  ) {
    this.#copies = (['aggregate', 'aggregate', 'mysql', 'mysql', 'sqlite'] as const).map((stage) => this.#begin(stage));
  }

  /** Begins one of its own in a folder of its own; resolves when its groups have shared their partitions. */
  static async begin(services: Services, folder: string): Promise<Story> {
    const { address } = services.cluster;
    const topic = (): Promise<string> => makeTopic(address, { numPartitions: PARTITIONS, replicationFactor: 3 });
    const [input, daily, dead] = [await topic(), await topic(), await topic()];
    const groups = { aggregate: freshName('daily'), mysql: freshName('mysql'), sqlite: freshName('sqlite') };
    const uri = new URL(await database(services.server.address));
    const file = `sqlite:${join(folder, 'rows.db')}`;
    const exactly = ['--dead', `kafka:${dead}`, '--guarantee', 'exactly-once', '--every', '100ms'];
    const store = ['store', 'daily', '--from', `kafka:${daily}`, '--create', '--to'];
    const commands = {
      aggregate: ['aggregate', 'daily', '--from', `kafka:${input}`, '--to', `kafka:${daily}`, ...exactly],
      mysql: [...store, `mysql://${uri.username}@${uri.host}${uri.pathname}`],
      sqlite: [...store, file],
    };
    const env = {
      ...process.env,
      KAFKA_BROKERS: address,
      MYSQL_PWD: uri.password,
      SCHEMA_REGISTRY_URL: services.registry,
    };
    const topics = { input, daily, dead };
    const story = new Story(services, topics, uri.href, `${file}#yt_daily`, commands, groups, env);
    await story.#unlessGone(Promise.all(STAGES.map((stage) => progress(address, groups[stage], topics.input, 0))));
    return story;
  }

  async strike(fault: Fault): Promise<void> {
    const { cluster, server } = this.services;
    const [stage, topic] =
      'stage' in fault && fault.stage !== 'aggregate'
        ? [fault.stage, this.topics.daily]
        : (['aggregate', this.topics.input] as const);
    const so = await committed(cluster.address, this.groups[stage], topic);
    this.told.push(`${JSON.stringify(fault)} with ${so} committed`);
    if ('stage' in fault) return this.#strikeCopy(fault.kind, fault.stage);
    // A majority of the brokers is always there.
    await this.#back;
    await sleep(fault.delay);
    await (fault.kind === 'broker' ? cluster.kill(fault.id) : server.kill());
    this.#back = sleep(fault.away).then(() => (fault.kind === 'broker' ? cluster.start(fault.id) : server.start()));
  }

  /** Waits until so many records of the input are committed, and then until all copies have ended in good order. */
  async finish(records: number): Promise<void> {
    await this.#back;
    await this.#unlessGone(progress(this.services.cluster.address, this.groups.aggregate, this.topics.input, records));
    for (const copy of this.#copies) copy.process.kill('SIGTERM');
    for (const { status, err } of await Promise.all(this.#copies.map(({ done }) => done))) {
      expect(status, err).toBe(143);
    }
    // What is on its way between them is for the next run.
    for (const stage of STAGES) {
      const { status, err } = await freshet([...this.#words(stage), '--until-end'], '', { env: this.env });
      expect(status, err).toBe(0);
    }
  }

  /** To be called in any case. */
  async end(): Promise<void> {
    for (const copy of this.#copies) copy.process.kill('SIGKILL');
    await this.#back;
  }

  #words(stage: Stage): string[] {
    return [...this.commands[stage], '--group', this.groups[stage]];
  }

  #begin(stage: Stage): Copy {
    const run = (): ChildProcess => start(this.#words(stage), { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    const first = run();
    const supervise = async (process: ChildProcess): Promise<Ended> => {
      const end = await ended(process);
      // One that was struck is begun again by whoever struck it.
      if (end.status !== 4 || !NO_DATABASE.test(end.err) || !this.#copies.includes(copy)) return end;
      copy.process = run();
      return supervise(copy.process);
    };
    const copy: Copy = { stage, process: first, done: supervise(first) };
    return copy;
  }

  async #strikeCopy(kind: 'kill' | 'stop' | 'pause', stage: Stage): Promise<void> {
    const at = this.#copies.findIndex((copy) => copy.stage === stage);
    const [copy] = this.#copies.splice(at, 1);
    if (copy === undefined) return;
    if (kind === 'pause') {
      copy.process.kill('SIGSTOP');
      // Past its session: another copy has its partitions when it goes on.
      setTimeout(() => copy.process.kill('SIGCONT'), 9000);
      this.#copies.push(copy);
    } else {
      copy.process.kill(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
      this.#copies.push(this.#begin(stage));
      await copy.done;
    }
  }

  /** Waits, and fails when a copy ends meanwhile. */
  async #unlessGone<T>(waited: Promise<T>): Promise<T> {
    const gone = this.#copies.map(async ({ stage, done }) => {
      const { status, err } = await done;
      throw new Error(`${stage} has ended with ${status}: ${err}`);
    });
    return Promise.race([waited, ...gone]);
  }
}
