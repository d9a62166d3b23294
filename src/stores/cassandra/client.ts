import type { ConnectionOptions } from 'node:tls';
import type { Client, ClientOptions, policies, QueryOptions, types } from 'cassandra-driver';
import { bug } from '../../records/errors.js';
import type { CassandraAddress, Tls } from './address.js';

/**
 * A value as the driver takes it for a column: text, number (int, float, double, timestamp), bigint (bigint, varint),
 * text of digits (decimal), boolean, Buffer (blob); a list of them for IN.
 */
export type Bound = null | string | number | bigint | boolean | Buffer | readonly Bound[];

/** A value as the driver gives it, but for a Date and a BigDecimal: these come as milliseconds and as digits. */
export type Cell = null | string | number | bigint | boolean | Buffer;

export interface Statement {
  readonly query: string;
  readonly params: readonly Bound[];
}

/** Rows of a query, as far as they were asked for. */
export interface Page {
  readonly rows: Cell[][];
  /** Where to go on; absent: that was all. */
  readonly next?: string;
}

/** How long a node may take to answer before it counts as away. */
const ANSWER_MS = 12_000;
/** The driver loses requests that wait for a node while it goes away and comes back: nobody else gives them up. */
const LOST_MS = ANSWER_MS + 3000;
/**
 * After that long the driver looks for a node that is away. A client that is shut down while it does so leaves a socket
 * open, and the process does not end: one whose nodes are all away is to be closed before.
 */
const RECONNECT_MS = 1000;
/** More rows than that are not looked up at once. */
const MOST_ROWS = 5000;

/**
 * A session with a cluster. This class alone meets cassandra-driver. Values go to the server as its columns have them,
 * with nothing lost: longs are bigint on the way. Statements are prepared, and sent once: who calls tries again.
 */
export class CassandraClient {
  readonly #plain: QueryOptions;
  /** Reads that see, and settle, what lightweight transactions have left open. */
  readonly #serial: QueryOptions;
  /** Gives up what was asked and is not answered. */
  readonly #pending = new Set<(error: Error) => void>();

  private constructor(
    readonly client: Client,
    { consistencies }: typeof types,
    isLocal: boolean,
  ) {
    const serialConsistency = isLocal ? consistencies.localSerial : consistencies.serial;
    const consistency = isLocal ? consistencies.localQuorum : consistencies.quorum;
    this.#plain = { prepare: true, consistency, serialConsistency };
    this.#serial = { prepare: true, consistency: serialConsistency, fetchSize: MOST_ROWS };
  }

  /** @param timeoutMs how long all of it may take */
  static async open(address: CassandraAddress, timeoutMs: number): Promise<CassandraClient> {
    const { default: driver } = await import('cassandra-driver');
    const client = new driver.Client(optionsOf(address, timeoutMs, driver.policies));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(noAnswer('no answer')), timeoutMs);
    });
    const connecting = client.connect();
    try {
      await Promise.race([connecting, late]);
      return new CassandraClient(client, driver.types, address.quorum === 'local');
    } catch (error) {
      abandon(client, connecting).catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The rows of a query that gives few. @param isSerial see above */
  async select(query: string, params: readonly Bound[], isSerial = false): Promise<Cell[][]> {
    const options = isSerial ? this.#serial : { ...this.#plain, fetchSize: MOST_ROWS };
    return cellsOf(await this.#answer(this.client.execute(query, [...params], options)));
  }

  /** Some rows of a query: at most `fetchSize`, behind those of an earlier page. @param isSerial see above */
  async page(
    { query, params }: Statement,
    fetchSize: number,
    after: string | undefined,
    isSerial = false,
  ): Promise<Page> {
    const behind = after === undefined ? {} : { pageState: after };
    const options = { ...(isSerial ? this.#serial : this.#plain), fetchSize, ...behind };
    const result = await this.#answer(this.client.execute(query, [...params], options));
    const { pageState: next } = result;
    return { rows: cellsOf(result), ...(next ? { next } : {}) };
  }

  /** Runs a statement that gives no rows. */
  async run({ query, params }: Statement): Promise<void> {
    await this.#answer(this.client.execute(query, [...params], this.#plain));
  }

  /**
   * Writes rows of one partition in one lightweight transaction.
   * @returns whether the conditions of all held: otherwise nothing was written
   */
  async writeIf(statements: readonly Statement[]): Promise<boolean> {
    const [first = bug('there is nothing to write')] = statements;
    const asked =
      statements.length === 1
        ? this.client.execute(first.query, [...first.params], this.#plain)
        : this.client.batch(
            statements.map(({ query, params }) => ({ query, params: [...params] })),
            { ...this.#plain, logged: false },
          );
    return (await this.#answer(asked)).wasApplied();
  }

  /** Whether all nodes that are up have the same tables. */
  agrees(): Promise<boolean> {
    return this.client.hosts.length === 1 ? Promise.resolve(true) : this.client.metadata.checkSchemaAgreement();
  }

  /** How many nodes the cluster has, as far as is known. */
  get nodes(): number {
    return this.client.hosts.length;
  }

  /** What is not answered yet fails. */
  close(): Promise<void> {
    for (const giveUp of this.#pending) giveUp(noAnswer('the connection is closed'));
    return this.client.shutdown();
  }

  #answer<T>(asked: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(noAnswer('no answer')), LOST_MS);
      this.#pending.add(reject);
      asked.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        this.#pending.delete(reject);
      });
    });
  }
}

/**
 * Closes a client that was not opened in time. The driver closes only what is connected: one that connects late, or has
 * found a node and then no other, would look for its nodes for ever.
 */
async function abandon(client: Client, connecting: Promise<void>): Promise<void> {
  await connecting.catch(() => {});
  await client.shutdown();
  client.controlConnection.shutdown();
  await Promise.all(client.hosts.values().map((host) => host.shutdown(false)));
}

/** An error as the driver has it for a node that takes too long. */
function noAnswer(message: string): Error {
  return Object.assign(new Error(message), { name: 'OperationTimedOutError' });
}

function optionsOf(address: CassandraAddress, timeoutMs: number, known: typeof policies): ClientOptions {
  const { hosts, user, password, datacenter, tls } = address;
  const { loadBalancing, reconnection, retry } = known;
  return {
    contactPoints: [...hosts],
    ...(datacenter === undefined ? {} : { localDataCenter: datacenter }),
    ...(user === undefined ? {} : { credentials: { username: user, password: password ?? '' } }),
    encoding: { useBigIntAsLong: true, useBigIntAsVarint: true },
    policies: {
      // Without a data centre's name no node is nearer than another.
      ...(datacenter === undefined
        ? { loadBalancing: new loadBalancing.TokenAwarePolicy(new loadBalancing.RoundRobinPolicy()) }
        : {}),
      reconnection: new reconnection.ConstantReconnectionPolicy(RECONNECT_MS),
      retry: new retry.FallthroughRetryPolicy(),
    },
    socketOptions: { connectTimeout: timeoutMs, readTimeout: ANSWER_MS },
    ...(tls === undefined ? {} : { sslOptions: tlsOptions(tls) }),
  };
}

function tlsOptions({ check, ca, cert, key }: Tls): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: check !== 'nothing',
    ...(check === 'authority' ? { checkServerIdentity: () => undefined } : {}),
  };
}

function cellsOf({ rows }: types.ResultSet): Cell[][] {
  return rows.map((row) => row.values().map(cellOf));
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      if (value === null || value === undefined) return null;
      if (Buffer.isBuffer(value)) return value;
      return value instanceof Date ? value.getTime() : String(value);
  }
}
