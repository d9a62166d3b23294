import { isIP, connect as netConnect, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { answerPool } from './answer-pool.js';

const KEEP_ALIVE_MS = 60_000;
const READ_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | null;
  readonly onConnect: () => void;
}

/**
 * Makes sockets whose 'data' is always one whole answer, with its length in front, copied once from where the system
 * put it. An answer of a megabyte otherwise comes as dozens of buffers, which are then put together.
 */
export function createFramingSocket({ host, port, ssl, onConnect }: SocketRequest): Socket {
  const frames = new Frames();
  const onread: OnReadOpts = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (count, buffer) => {
      for (const frame of frames.add(buffer.subarray(0, count))) socket.emit('data', frame);
      return true;
    },
  };
  const server = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket =
    ssl === null
      ? netConnect({ host, port, onread }, onConnect)
      : tlsConnect({ host, port, ...server, ...ssl, ...{ onread } }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setNoDelay(true);
  return socket;
}

/** Cuts a stream of bytes into answers. */
export class Frames {
  readonly #head = Buffer.alloc(LENGTH_BYTES);
  #frame: Buffer | undefined;
  /** How many bytes of the head, or of the frame, are there. */
  #filled = 0;

  /** The answers that are whole now; what is given is borrowed during the call. */
  *add(bytes: Uint8Array): Generator<Buffer> {
    for (let at = 0; at < bytes.length; ) {
      const target = this.#frame ?? this.#head;
      const count = Math.min(bytes.length - at, target.length - this.#filled);
      target.set(bytes.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled < target.length) return;
      if (this.#frame === undefined) {
        this.#frame = answerPool.take(LENGTH_BYTES + this.#head.readUInt32BE());
        this.#frame.set(this.#head);
        if (this.#frame.length > LENGTH_BYTES) continue;
      }
      yield this.#frame;
      this.#frame = undefined;
      this.#filled = 0;
    }
  }
}
