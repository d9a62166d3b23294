import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Format } from '../codecs/codec.js';
import { decompressed } from '../endpoints/decompress.js';
import { dial, NotConnected, tcpName } from '../endpoints/tcp/dial.js';
import { SocketSource } from '../endpoints/tcp/socket-source.js';
import { ServiceError } from '../records/errors.js';
import { formatDuration } from '../records/time/duration.js';
import { ConnectionSource } from './connection-source.js';
import { contextOf } from './decode-context.js';
import { embeddedSchema, formatOf, sampleOf } from './first-bytes.js';
import { loadCodec } from './formats.js';
import type { OpenInput } from './open-inputs.js';
import type { TcpUri } from './tcp-uri.js';

const PAUSE_MS = 200;

/**
 * What another program sends to who connects to it, up to its end. It is waited for as long as `wait` says, and for
 * its first bytes.
 * @param show told that it is waited for @param stops told how to stop while it is waited for
 * @throws ServiceError where nobody listens
 */
export async function openTcpInput(
  { address, wait = 0 }: TcpUri,
  format: Format | undefined,
  show: (sentence: string) => void,
  stops: (stop: () => void) => void,
): Promise<OpenInput> {
  const name = tcpName(address);
  const stopped = new AbortController();
  stops(() => stopped.abort());
  const socket = await connected();
  const raw = new SocketSource(name, socket);
  const halt = (): void => raw.stop();
  if (stopped.signal.aborted) halt();
  else stopped.signal.addEventListener('abort', halt);
  const bytes = await decompressed(raw);
  const found = await formatOf(bytes, format);
  const codec = await loadCodec(found);
  const schema = await embeddedSchema(bytes, found);
  return {
    name,
    finite: false,
    head: bytes.head,
    sample: (isEnough) => sampleOf(bytes, isEnough),
    format: found,
    codecs: [codec],
    files: [],
    ...(schema === undefined ? {} : { schema }),
    read: async (plan) => {
      const decoder = codec.decoder(contextOf(plan, codec, name));
      return new ConnectionSource({ bytes, format: found, decoder, schema: plan.schema, isOneOfMany: false });
    },
    stop: halt,
  };

  /** A socket without a connection where it was stopped before there was one. */
  async function connected(): Promise<Socket> {
    const until = performance.now() + wait;
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await dial(address);
      } catch (error) {
        if (!(error instanceof NotConnected)) throw error;
        if (stopped.signal.aborted) return new Socket();
        if (!error.passes || performance.now() >= until) {
          const next = error.passes
            ? 'Start what listens there first, or wait for it: ?wait=30s.'
            : 'Correct the name.';
          throw new ServiceError(`${name}: ${error.message}`, next, { cause: error });
        }
        if (isFirst) show(`${name}: ${error.message} yet: trying again for ${formatDuration(wait)}`);
        await sleep(PAUSE_MS, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  }
}
