import { ServiceError, UsageError } from '../../../records/errors.js';
import type { Call } from '../protocol/call.js';
import { ERROR, errorName } from '../protocol/error-codes.js';
import { type BrokerInfo, type Metadata, metadata, type TopicInfo } from '../protocol/metadata.js';
import { type Connection, ConnectionError, type ConnectionSettings } from './connection.js';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** Makes a connection; nothing is sent yet. */
export type Connect = (host: string, port: number, settings: ConnectionSettings) => Connection;

/** What a connection is used for: a request that waits holds up those behind it. */
export type Purpose = 'data' | 'group';

/** At first the next broker is asked when one has not answered for so long. */
const SOON_MS = 200;

/** How long a run that is told to stop looks for brokers and leaders that are away. */
const PATIENCE_MS = 10_000;
/** Whoever looks for them asks more often than that. */
const EPISODE_MS = 5000;

/** What a cluster has to do with the run that uses it. */
export interface ClusterRun {
  /** Aborted when the run is to stop: brokers that are away are not waited for much longer then. */
  readonly stop?: AbortSignal | undefined;
  /** Shows a sentence to the user. */
  readonly show?: ((sentence: string) => void) | undefined;
}

/** Brokers were away for too long when the run was told to stop. */
export class GivenUp extends ServiceError {
  constructor(cluster: string) {
    super(
      `Kafka is away (${cluster}), and freshet was told to stop: what was read or made last is not written`,
      'What was committed so far stands: run it again.',
    );
  }
}

/** The brokers of a cluster, and who leads what as far as is known. */
export class Cluster {
  readonly #seeds: readonly BrokerAddress[];
  readonly #settings: ConnectionSettings;
  readonly #connect: Connect;
  readonly #connections = new Map<string, Connection>();
  readonly #nodes = new Map<number, BrokerInfo>();
  readonly #topics = new Map<string, TopicInfo>();
  readonly #run: ClusterRun;
  #refreshed = Number.NEGATIVE_INFINITY;
  /** When leaders began to be looked for while the run was to stop. */
  #lookingSince: number | undefined;

  constructor(seeds: readonly BrokerAddress[], settings: ConnectionSettings, connect: Connect, run: ClusterRun = {}) {
    this.#seeds = seeds;
    this.#settings = settings;
    this.#connect = connect;
    this.#run = run;
  }

  /** What to call it in sentences. */
  get name(): string {
    return this.#seeds.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  /** Whether a node has answered in this run: one that was there is away for a while, one that never was may stay away. */
  wasThere(node: number): boolean {
    const broker = this.#nodes.get(node);
    if (broker === undefined) return false;
    const purposes: readonly Purpose[] = ['data', 'group'];
    return purposes.some((purpose) => (this.#connections.get(keyOf(broker, purpose))?.made ?? 0) > 0);
  }

  /** How many brokers it has, as far as is known. */
  get size(): number {
    return this.#nodes.size;
  }

  /** Whether the run is to stop. */
  get isToStop(): boolean {
    return this.#run.stop?.aborted === true;
  }

  /** Shows the user what is waited for. */
  tell(sentence: string): void {
    this.#run.show?.(sentence);
  }

  /** How often connections were made, or are to be: one that is lost while nobody uses it is not heard of otherwise. */
  get connected(): number {
    return [...this.#connections.values()].reduce((sum, { made }) => sum + made, 0);
  }

  /**
   * Finds out who is there.
   * @param topics undefined: all topics
   * @throws ServiceError when none of the brokers answers, GivenUp when they were looked for long enough
   */
  async refresh(topics: readonly string[] | undefined): Promise<Metadata> {
    this.#giveUp(performance.now());
    const found = await this.anyone(metadata(topics));
    this.#nodes.clear();
    for (const broker of found.brokers) this.#nodes.set(broker.node, broker);
    for (const topic of found.topics) this.#topics.set(topic.topic, topic);
    return found;
  }

  /** What was last heard of a topic. */
  topic(name: string): TopicInfo | undefined {
    return this.#topics.get(name);
  }

  /** The node that leads a partition, as far as is known; undefined while there is none. */
  leader(topic: string, partition: number): number | undefined {
    const leader = this.#topics.get(topic)?.partitions.find((one) => one.partition === partition)?.leader;
    return leader === undefined || leader < 0 || !this.#nodes.has(leader) ? undefined : leader;
  }

  /** Partitions by the node that leads them; those of `undefined` have none, as far as is known. */
  byLeader<T extends { readonly topic: string; readonly partition: number }>(
    partitions: readonly T[],
  ): Map<number | undefined, T[]> {
    const byLeader = new Map<number | undefined, T[]>();
    for (const one of partitions) {
      const leader = this.leader(one.topic, one.partition);
      const led = byLeader.get(leader);
      if (led === undefined) byLeader.set(leader, [one]);
      else led.push(one);
    }
    return byLeader;
  }

  /** @throws ConnectionError where the broker may come back, ServiceError where it is of no use to try again */
  async send<T>(node: number, call: Call<T>, purpose: Purpose = 'data'): Promise<T> {
    const broker = this.#nodes.get(node);
    if (broker === undefined) throw new ConnectionError(`node ${node}`, 'unreachable', 'it has left the cluster');
    try {
      return await this.#connection(broker, purpose).send(call);
    } catch (error) {
      throw error instanceof ConnectionError && !error.passes ? unavailable([error]) : error;
    }
  }

  /**
   * Asks the brokers in turn until one answers. At first, when none has answered yet, those that are slow to fail are
   * not waited for before the next is asked.
   * @throws ServiceError when none does
   */
  anyone<T>(call: Call<T>): Promise<T> {
    const addresses = [...this.#nodes.values(), ...this.#seeds];
    const soon = this.#nodes.size === 0 ? SOON_MS : undefined;
    const failures: ConnectionError[] = [];
    let asked = 0;
    return new Promise((resolve, reject) => {
      const askNext = (): void => {
        const address = addresses[asked];
        if (address === undefined) {
          if (failures.length === addresses.length) reject(unavailable(failures));
          return;
        }
        asked++;
        const timer = soon === undefined ? undefined : setTimeout(askNext, soon);
        this.#connection(address, 'data')
          .send(call)
          .then(resolve, (error: unknown) => {
            if (!(error instanceof ConnectionError)) return reject(error);
            failures.push(error);
            if (error.passes) askNext();
            else reject(unavailable(failures));
          })
          .finally(() => clearTimeout(timer));
      };
      askNext();
    });
  }

  /** Again and again is only asked for what is away. */
  #giveUp(now: number): void {
    if (!this.isToStop) return;
    if (this.#lookingSince === undefined || now - this.#refreshed > EPISODE_MS) this.#lookingSince = now;
    this.#refreshed = now;
    if (now - this.#lookingSince > PATIENCE_MS) throw new GivenUp(this.name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
  }

  #connection(address: BrokerAddress, purpose: Purpose): Connection {
    const key = keyOf(address, purpose);
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const made = this.#connect(address.host, address.port, this.#settings);
    this.#connections.set(key, made);
    return made;
  }
}

function keyOf({ host, port }: BrokerAddress, purpose: Purpose): string {
  return `${purpose} ${host}:${port}`;
}

function unavailable(failures: readonly ConnectionError[]): ServiceError {
  const reasons = [...new Set(failures.map(({ message }) => message))].join('; ');
  const refused = failures.some(({ passes }) => !passes);
  return new ServiceError(
    `no Kafka broker could be used: ${reasons}`,
    refused ? undefined : 'Check that it runs and that --brokers or KAFKA_BROKERS names it.',
    { cause: failures.at(-1) },
  );
}

/** A topic that brokers do not know for so long has been deleted; they may be slow to hear of it. */
export const UNKNOWN_MS = 5000;

/** The error for a topic that was deleted while it was read. */
export function topicGone(topic: string): ServiceError {
  return new ServiceError(`the topic ${topic} is not there any more`, 'What was read of it stands.');
}

/** The error for what a broker says of a topic. */
export function topicError(topic: string, code: number, cluster: string): UsageError | ServiceError {
  switch (code) {
    case ERROR.unknownTopicOrPartition:
      return new UsageError(
        `there is no topic ${topic} at ${cluster}`,
        '`--create-topics` makes the ones that are missing.',
      );
    case ERROR.invalidTopic:
      return new UsageError(`${topic} is no name of a topic: letters, digits, '.', '_' and '-' are allowed, up to 249`);
    case ERROR.topicAuthorizationFailed:
      return new ServiceError(`the broker does not allow this user to use the topic ${topic}`);
    default:
      return new ServiceError(`topic ${topic} can't be used: the broker says ${errorName(code)}`);
  }
}
