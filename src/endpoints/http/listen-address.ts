import { isIPv6 } from 'node:net';
import { UsageError } from '../../records/errors.js';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
}

/** Who says only a port means this machine alone. */
const LOOPBACK = '127.0.0.1';

/**
 * Reads `HOST:PORT`, `[::1]:PORT` or `PORT`. Other machines reach it only where the host says so (0.0.0.0).
 * @param what what the address is, for errors: a flag such as `--listen`
 * @throws UsageError
 */
export function parseListenAddress(text: string, what: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]:|([^:\s/[\]]*):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535 || (bracketed !== undefined && !isIPv6(bracketed))) {
    throw new UsageError(`${what} ${text}: no address to listen at`, `Write HOST:PORT, such as ${LOOPBACK}:5000.`);
  }
  return { host: bracketed ?? (plain || LOOPBACK), port };
}

/** As it stands in a URL: an IPv6 address in brackets. */
export function formatAddress({ host, port }: ListenAddress): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
