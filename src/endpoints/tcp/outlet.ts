import type { Socket } from 'node:net';

/** Of more at once nobody could tell a slow reader from one that does not read. */
const PIECE_BYTES = 64 * 1024;

/** What is written to one connection: in order, and how much of it the system has not taken yet. */
export class Outlet {
  readonly #socket: Socket;
  #pending = 0;
  #gone = false;
  /** When it last took something, or had nothing to take; as of performance.now(). */
  #moved = performance.now();

  /** @param changed called when the system took some of it, and when the connection is gone */
  constructor(
    socket: Socket,
    readonly client: string,
    readonly changed: () => void,
  ) {
    this.#socket = socket;
    // What is sent here is for nobody; unread it would break the connection off at its end.
    socket.resume();
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#gone = true;
      changed();
    });
  }

  /** Bytes that the system has not taken. */
  get pending(): number {
    return this.#gone ? 0 : this.#pending;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Milliseconds since it has taken anything of what waits. */
  get stalledFor(): number {
    return this.pending === 0 ? 0 : performance.now() - this.#moved;
  }

  /** @param taken called when the system has taken all of the bytes */
  write(bytes: Uint8Array, taken: () => void = () => {}): void {
    if (this.#gone || bytes.length === 0) return;
    if (this.#pending === 0) this.#moved = performance.now();
    this.#pending += bytes.length;
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      const piece = bytes.subarray(from, from + PIECE_BYTES);
      this.#socket.write(piece, (error) => {
        if (error) return;
        this.#pending -= piece.length;
        this.#moved = performance.now();
        if (from + piece.length === bytes.length) taken();
        this.changed();
      });
    }
  }

  /** Says that no more comes. Resolves when the system has all of it, or the connection is gone. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#gone) resolve();
      this.#socket.once('close', resolve);
      this.#socket.end(() => {
        this.#socket.destroy();
        resolve();
      });
    });
  }

  cut(): void {
    this.#socket.destroy();
  }
}
