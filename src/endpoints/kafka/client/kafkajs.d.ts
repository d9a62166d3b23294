// What client/kafkajs-connection.ts uses of kafkajs' inside.
declare module 'kafkajs/src/loggers/index.js' {
  export interface Logger {
    namespace(name: string): Logger;
  }
  export function createLogger(options: { level: number; logCreator: () => () => void }): Logger;
}

declare module 'kafkajs/src/network/connectionPool.js' {
  import type { Logger } from 'kafkajs/src/loggers/index.js';

  interface Request {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      encode(): Promise<{ readonly buffer: Buffer; readonly buf: Buffer }>;
      expectResponse?(): boolean;
    };
    readonly response: {
      decode(payload: Buffer): Promise<{ readonly clientSideThrottleTime: number; readonly payload: Buffer }>;
      parse<T>(decoded: T): Promise<T>;
    };
    readonly requestTimeout?: number;
    readonly logResponseError?: boolean;
  }
  export interface PooledConnection {
    /** While it authenticates itself. */
    readonly authHandlers: object | null;
    readonly requestQueue: {
      fulfillRequest(answer: { size: number; correlationId: number; payload: Buffer }): void;
    };
    processData: (bytes: Buffer) => void;
    isConnected(): boolean;
    /** Again where it was cut. */
    connect(): Promise<unknown>;
    /** Where the broker asks for it and it has not. */
    authenticate(): Promise<void>;
    send(request: Request): Promise<{ readonly payload: Buffer }>;
    rejectRequests(error: Error): void;
  }
  class ConnectionPool {
    /** The second one is for fetches. */
    readonly pool: readonly [PooledConnection, PooledConnection];
    constructor(options: Readonly<Record<string, unknown>> & { readonly logger: Logger });
  }
  export default ConnectionPool;
}

declare module 'kafkajs/src/broker/index.js' {
  import type { Logger } from 'kafkajs/src/loggers/index.js';
  import type ConnectionPool from 'kafkajs/src/network/connectionPool.js';

  class Broker {
    constructor(options: { connectionPool: ConnectionPool; logger: Logger; authenticationTimeout: number });
    /** By API key, once it is connected. */
    versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
  }
  export default Broker;
}
