import type { Connection as Client, QueryOptions, SslOptions } from 'mysql2';
import { bug } from '../../records/errors.js';
import type { MysqlAddress } from './address.js';

/** A cell as the server sent it: text, or bytes where the column's name in the query begins with `b`. */
export type Cell = string | Buffer | null;

/** What a statement that writes has done. */
export interface Written {
  /** 1 for each row that was inserted, 2 for each that an upsert changed, 0 for the others. */
  readonly affected: number;
  /** Rows whose key was there and that changed it. */
  readonly duplicates: number;
}

/** The rows of a query as they come. */
export interface RowStream {
  /** Stops the server's rows from coming, but for those that are on their way. */
  pause(): void;
  resume(): void;
}

export interface RowListener {
  row(cells: readonly Cell[]): void;
  end(): void;
  error(error: unknown): void;
}

/**
 * A connection to MySQL or MariaDB. This class alone meets mysql2. Statements are sent as text, in UTF-8 and under
 * the session that prepare() makes; cells come back as the server writes them, so that nothing is lost on the way.
 */
export class Connection {
  private constructor(readonly client: Client) {}

  /** @param timeoutMs how long all of it may take */
  static async open(address: MysqlAddress, timeoutMs: number): Promise<Connection> {
    const { host, port, socketPath, sslMode } = address;
    const mysql = await import('mysql2');
    // MySQL's clients don't encrypt what stays in the machine's memory.
    const isEncrypted = sslMode !== 'DISABLED' && !(socketPath !== undefined && sslMode === 'PREFERRED');
    const options = {
      ...(socketPath === undefined ? { host, port } : { socketPath }),
      user: address.user,
      password: address.password,
      database: address.database,
      charset: 'utf8mb4',
      connectTimeout: timeoutMs,
      // Affected rows are to be those that changed; and no server is to ask for a file of this machine.
      flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
      // Statements are whole: there is nothing to look for in them.
      queryFormat: (sql: string): string => sql,
    };
    const connect = (ssl: boolean): Promise<Connection> =>
      new Promise((resolve, reject) => {
        const client = mysql.createConnection({ ...options, ...(ssl ? { ssl: tlsOf(address) } : {}) });
        const timer = setTimeout(() => {
          client.destroy();
          reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
        }, timeoutMs);
        // Later errors come with the statement that meets them.
        client.on('error', () => {});
        client.connect((error) => {
          clearTimeout(timer);
          if (error) {
            client.destroy();
            reject(error);
          } else resolve(new Connection(client));
        });
      });
    if (!isEncrypted) return connect(false);
    try {
      return await connect(true);
    } catch (error) {
      if (sslMode !== 'PREFERRED' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
      return connect(false);
    }
  }

  /** Runs a statement that gives no rows. */
  run(sql: string): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.client.query(sql, (error, result) => {
        if (error !== null) return reject(error);
        if (Array.isArray(result)) return reject(new Error('a statement gave rows'));
        const { affectedRows: affected } = result;
        const info = 'info' in result ? result.info : '';
        const duplicates = /Duplicates: (\d+)/.exec(info)?.[1];
        // Of a single row there is no more to say than how it was affected.
        resolve({ affected, duplicates: duplicates === undefined ? Number(affected === 2) : Number(duplicates) });
      });
    });
  }

  /** The rows of a query, all of them in memory. */
  select(sql: string): Promise<Cell[][]> {
    return new Promise((resolve, reject) => {
      this.client.query(asCells(sql), (error, rows) => {
        if (error !== null) return reject(error);
        resolve(rowsOf(rows));
      });
    });
  }

  /** The rows of a query one by one, as fast as they are wanted. */
  stream(sql: string, listener: RowListener): RowStream {
    // Of a query without a callback mysql2 tells the connection that it is lost, and not the query.
    const lost = (error: unknown): void => listener.error(error);
    this.client.once('error', lost);
    const query = this.client.query(asCells(sql));
    query.on('result', (row) => listener.row(cellsOf(row)));
    query.on('error', (error) => listener.error(error));
    query.on('end', () => {
      this.client.off('error', lost);
      listener.end();
    });
    return { pause: () => this.client.pause(), resume: () => this.client.resume() };
  }

  /** Ends it in an orderly way where the server still answers. */
  close(): Promise<void> {
    return new Promise((resolve) => this.client.end(() => resolve()));
  }

  /** Ends it at once. */
  destroy(): void {
    this.client.destroy();
  }
}

/** The code of an error of mysql2: the server's, such as ER_DUP_ENTRY, or the system's. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The server's number of an error; undefined where the error is not the server's. */
export function numberOf(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' && error.errno > 0
    ? error.errno
    : undefined;
}

type TypeCast = Exclude<QueryOptions['typeCast'], boolean | undefined>;

const readCell: TypeCast = (field) => (field.name.startsWith('b') ? field.buffer() : field.string('utf8'));

function asCells(sql: string): QueryOptions {
  return { sql, rowsAsArray: true, typeCast: readCell };
}

function rowsOf(rows: unknown): Cell[][] {
  return Array.isArray(rows) ? rows.map(cellsOf) : bug('a query gave no rows');
}

function cellsOf(row: unknown): Cell[] {
  return Array.isArray(row) ? row : bug('a row is no array');
}

function tlsOf({ sslMode, ca, cert, key }: MysqlAddress): SslOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: sslMode === 'VERIFY_CA' || sslMode === 'VERIFY_IDENTITY',
    verifyIdentity: sslMode === 'VERIFY_IDENTITY',
  };
}
