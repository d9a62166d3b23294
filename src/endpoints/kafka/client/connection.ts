import type { ConnectionOptions } from 'node:tls';
import { ServiceError } from '../../../records/errors.js';
import type { Call } from '../protocol/call.js';

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** How brokers are reached: the same for all of a cluster. */
export interface ConnectionSettings {
  readonly clientId: string;
  readonly tls?: ConnectionOptions;
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
  /** Milliseconds for a connection, and for the answer to a request that does not wait. */
  readonly connectTimeout: number;
  readonly requestTimeout: number;
}

/**
 * A connection to one broker, which is made with the first request, and again with the next after it broke. Requests
 * are answered in the order in which they were sent; a fetch that waits does not hold up the others.
 */
export interface Connection {
  /** `host:port` */
  readonly address: string;
  /** How often it was made, or is to be: it grows when one is lost, also while nobody uses it. */
  readonly made: number;
  /** @throws ConnectionError */
  send<T>(call: Call<T>): Promise<T>;
  close(): Promise<void>;
}

/** Why a request got no answer. */
export type ConnectionProblem = 'unreachable' | 'lost' | 'timeout' | 'refused' | 'unsupported';

/** A request was not answered. After `refused` (TLS, SASL) and `unsupported` it is of no use to try again. */
export class ConnectionError extends Error {
  constructor(
    readonly address: string,
    readonly problem: ConnectionProblem,
    /** A sentence without a full stop. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${address}: ${detail}`, options);
    this.name = 'ConnectionError';
  }

  get passes(): boolean {
    return this.problem !== 'refused' && this.problem !== 'unsupported';
  }
}

/** An answer; undefined where the broker is too old to know the request. */
export async function orUnsupported<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const reason = error instanceof ServiceError ? error.cause : error;
    if (reason instanceof ConnectionError && reason.problem === 'unsupported') return undefined;
    throw error;
  }
}

/** Whether the brokers are away, as far as one can tell, and may come back. */
export function isOutage(error: unknown): error is ConnectionError | ServiceError {
  const reason = error instanceof ServiceError ? error.cause : error;
  return reason instanceof ConnectionError && reason.passes;
}
