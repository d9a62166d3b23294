import { isIPv6 } from 'node:net';
import { ServiceError, UsageError } from '../records/errors.js';
import { maskedAddress } from '../records/uri-password.js';
import { codeOf, sentenceOf } from './system-error.js';

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
    throw new UsageError(
      `${what} ${maskedAddress(text)}: no address to listen at`,
      `Write HOST:PORT, such as ${LOOPBACK}:5000.`,
    );
  }
  return { host: bracketed ?? (plain || LOOPBACK), port };
}

/** As it stands in a URL: an IPv6 address in brackets. */
export function formatAddress({ host, port }: ListenAddress): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its host could not be looked up',
  EACCES: 'permission denied (ports below 1024 are for root)',
};

/** What is told where an address can't be had. */
export function cantListen(address: ListenAddress, cause: Error): ServiceError {
  const why = SENTENCES[codeOf(cause) ?? ''] ?? sentenceOf(cause);
  return new ServiceError(`can't listen at ${formatAddress(address)}: ${why}`, 'Name another address or port.', {
    cause,
  });
}
