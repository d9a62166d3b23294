import { isIPv6 } from 'node:net';
import { UsageError } from '../../records/errors.js';
import type { ListenAddress } from '../listen-address.js';

/**
 * Reads `HOST:PORT` or `[::1]:PORT`, where another program listens.
 * @param word what the user wrote, for errors
 * @throws UsageError
 */
export function parseTcpAddress(text: string, word: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain;
  const isWrong = host === undefined || port < 1 || port > 65_535 || (bracketed !== undefined && !isIPv6(bracketed));
  if (isWrong)
    throw new UsageError(`${word}: no address to connect to`, 'Write tcp:HOST:PORT, such as tcp:127.0.0.1:9902.');
  return { host, port };
}
