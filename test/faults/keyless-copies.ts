import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { expect } from 'vitest';
import { loadStore } from '../../src/pipeline/stores.js';
import { STORE_SCHEMES, type StoreScheme } from '../../src/pipeline/uri.js';
import { bug } from '../../src/records/errors.js';
import { rowsOf } from '../../src/records/rows.js';
import { UTC } from '../../src/records/time/zone.js';
import { SqliteDatabase } from '../../src/stores/sqlite/database.js';
import { type Ended, ended, freshet, start } from '../cli/run-freshet.js';
import type { TailedRecord } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { query } from '../stores/mysql/query.js';
import { committed, progress } from './group-progress.js';

/** Rows that have no key: records as they are, and what is computed of each. */
export const COMMANDS = ['store raw --schema pair', 'transform parity'] as const;

interface Copy {
  readonly process: ChildProcess;
  readonly done: Promise<Ended>;
}

interface Pair {
  readonly a: number;
  readonly b: number;
}

/** Values that are no pair. */
const UNFIT = ['{', '7', '{"a":1}', '{"a":1,"b":"x"}'];
/** Every so many records one is unfit, and one more one that a table refuses which can be told to. */
const UNFIT_EACH = 199;
const REFUSED_EACH = 211;

/** Pairs whose `a` no other has, with values between them that are none. */
export function somePairs(seed: number, count: number): Message[] {
  return Array.from({ length: count }, (_, a) => ({
    key: `${a % 61}`,
    value: a % UNFIT_EACH === 7 ? (UNFIT[a % UNFIT.length] ?? '') : JSON.stringify({ a, b: (a * seed) % 5 }),
  }));
}

export function isUnfit({ value }: TailedRecord): boolean {
  return (
    typeof value !== 'object' || value === null || !('a' in value) || typeof (value as Partial<Pair>).b !== 'number'
  );
}

/** Whether a table refuses a pair that has been told to. */
export function isRefused({ value }: TailedRecord): boolean {
  return (value as Pair).a % REFUSED_EACH === 9;
}

/** Copies of a command that stores what it reads in a table, without a key, and what does not fit in another. */
export class KeylessCopies {
  readonly table: string;
  readonly group = freshName('keyless');
  /** How many records were stored, and not committed by the group, when a copy was killed. */
  ahead = 0;
  readonly #copies: Copy[] = [];
  readonly #words: readonly string[];
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    readonly brokers: string,
    readonly input: string,
    readonly command: string,
    readonly uri: string,
  ) {
    this.table = command.startsWith('store') ? 'pair' : 'outcome';
    const { password } = this.#scheme === 'mysql' ? new URL(uri) : { password: '' };
    const to = uri.replace(`:${password}@`, '@');
    const from = ['--from', `kafka:${input}`, '--group', this.group];
    this.#words = [...command.split(' '), ...from, '--to', to, '--dead', `${to}#dead`];
    this.#env = { ...process.env, KAFKA_BROKERS: brokers, MYSQL_PWD: password };
  }

  /** Begins so many, and waits until they have their partitions. */
  async beginWith(copies: number): Promise<void> {
    if (this.#refuses) {
      const table = `CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL, CHECK (a % ${REFUSED_EACH} <> 9))`;
      if (this.#scheme === 'mysql') await query(this.uri, table);
      else await makeTable(this.uri.slice('sqlite:'.length), table);
    }
    for (let copy = 0; copy < copies; copy++) this.#copies.push(this.#begin());
    await progress(this.brokers, this.group, this.input, 0);
  }

  async strike(kind: 'kill' | 'pause' | 'stop' | 'add'): Promise<void> {
    const copy = kind === 'add' ? undefined : this.#copies.shift();
    if (copy === undefined) this.#copies.push(this.#begin());
    else if (kind === 'pause') {
      await this.#stop(copy.process);
      // Past its session: another copy has its partitions when it goes on.
      setTimeout(() => copy.process.kill('SIGCONT'), 9000);
      this.#copies.push(copy);
    } else {
      copy.process.kill(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await copy.done;
      if (kind === 'kill') await this.#look();
      this.#copies.push(this.#begin());
    }
  }

  /** Waits until so many records are committed, and then until all copies have ended in good order. */
  async finish(records: number): Promise<void> {
    const gone = this.#copies.map(async ({ done }) => {
      const { status, err } = await done;
      throw new Error(`a copy has ended with ${status}: ${err}`);
    });
    await Promise.race([progress(this.brokers, this.group, this.input, records), ...gone]);
    for (const copy of this.#copies) copy.process.kill('SIGTERM');
    for (const { status, err } of await Promise.all(this.#copies.map(({ done }) => done)))
      expect(status, err).toBe(143);
    const { status, err } = await freshet([...this.#words, '--until-end'], '', { env: this.#env });
    expect(status, err).toBe(0);
  }

  /** To be called in any case. */
  end(): void {
    for (const { process } of this.#copies) process.kill('SIGKILL');
  }

  /** Each record is there once: in its table, or as a dead letter. @param written what the topic has */
  async judge(written: readonly TailedRecord[]): Promise<void> {
    const isDead = (record: TailedRecord): boolean => isUnfit(record) || (this.#refuses && isRefused(record));
    const pairs = written.filter((record) => !isDead(record)).map(({ value }) => value as Pair);
    const rows = this.table === 'pair' ? pairs.map(({ a, b }) => [a, b]) : pairs.map(({ a, b }) => [1 - ((a + b) % 2)]);
    const columns = this.table === 'pair' ? ['a', 'b'] : ['outcome'];
    expect(await this.#rows(this.table, columns)).toEqual(inOrder(rows));
    const places = written.filter(isDead).map(({ partition, offset }) => [partition, offset]);
    expect(await this.#rows('dead', ['partition', 'offset'])).toEqual(inOrder(places));
  }

  get #scheme(): StoreScheme {
    return STORE_SCHEMES.find((one) => this.uri.startsWith(`${one}:`)) ?? bug(`${this.uri} is no store`);
  }

  get #refuses(): boolean {
    return this.#scheme !== 'cassandra' && this.table === 'pair';
  }

  /** Stops a process for a while: not while it keeps a file locked, which nobody else could open then. */
  async #stop(process: ChildProcess): Promise<void> {
    for (;;) {
      process.kill('SIGSTOP');
      if (this.#scheme !== 'sqlite' || (await isFree(this.uri.slice('sqlite:'.length)))) return;
      process.kill('SIGCONT');
      await sleep(10);
    }
  }

  #begin(): Copy {
    const process = start(this.#words, { env: this.#env, stdio: ['ignore', 'ignore', 'pipe'] });
    return { process, done: ended(process) };
  }

  /** Looks how far the tables are ahead of the group. */
  async #look(): Promise<void> {
    const stored = (await this.#rows(this.table, [])).length + (await this.#rows('dead', [])).length;
    this.ahead = Math.max(this.ahead, stored - (await committed(this.brokers, this.group, this.input)));
  }

  /** Numbers of a table, in their order. */
  async #rows(table: string, columns: readonly string[]): Promise<number[][]> {
    const colon = this.uri.indexOf(':');
    const store = await loadStore(this.#scheme);
    const source = await store.source(this.uri.slice(colon + 1), { table, zone: UTC });
    const found: number[][] = [];
    for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
      if (batch === 'wait') await source.ready();
      else for (const row of rowsOf(batch)) found.push(columns.map((column) => Number(row[column])));
    }
    await source.close();
    return inOrder(found);
  }
}

async function makeTable(file: string, statement: string): Promise<void> {
  const opened = await SqliteDatabase.open(file, file);
  opened.exec(statement);
  opened.close();
}

async function isFree(file: string): Promise<boolean> {
  const opened = await SqliteDatabase.open(file, file, 0);
  try {
    await opened.transaction(() => {});
    return true;
  } catch {
    return false;
  } finally {
    opened.close();
  }
}

function inOrder(rows: readonly number[][]): number[][] {
  return [...rows].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
}
