import { connect, type Socket } from 'node:net';
import { formatAddress, type ListenAddress } from '../listen-address.js';
import { codeOf, sentenceOf } from '../system-error.js';

const ANSWER_MS = 2000;
const NOBODY = 'nobody listens there';

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: NOBODY,
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its host could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'no answer',
};

/** Why a connection was not had. */
export class NotConnected extends Error {
  /** @param message a sentence without a full stop, after the address and a colon @param passes whether it may be had later */
  constructor(
    message: string,
    readonly passes: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Connects to an address, within 2 s.
 * @throws NotConnected
 */
export function dial({ host, port }: ListenAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const failed = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(notConnected(error));
    };
    const timer = setTimeout(() => failed(new NotConnected('no answer', true)), ANSWER_MS);
    socket.once('error', failed);
    socket.once('connect', () => {
      // Where nobody listens, the system may pick the very port as this end's, and connect the socket to itself.
      if (isItsOwnPeer(socket)) return failed(new NotConnected(NOBODY, true));
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

/** What a connection to an address is called. */
export function tcpName(address: ListenAddress): string {
  return `tcp:${formatAddress(address)}`;
}

function isItsOwnPeer({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}

function notConnected(error: Error): NotConnected {
  if (error instanceof NotConnected) return error;
  // Of a host with several addresses, each has its own.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = codeOf(first);
  return new NotConnected(SENTENCES[code ?? ''] ?? sentenceOf(first), code !== 'ENOTFOUND', { cause: error });
}
