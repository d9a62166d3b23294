import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * The end of a pipe that is written to, through a non-blocking descriptor of its own: the one that was given may be
 * shared with other processes, and whether it blocks is not ours to say.
 */
export class PipeOutlet {
  #socket: Socket | undefined;

  private constructor(readonly fd: number) {}

  /** Undefined where the descriptor leads to no pipe, or the system gives no other one. */
  static of(fd: number): PipeOutlet | undefined {
    try {
      if (!fstatSync(fd).isFIFO()) return undefined;
      return new PipeOutlet(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      return undefined;
    }
  }

  /** Writes bytes as the pipe takes them: who reads it may be slower. */
  write(bytes: Uint8Array): Promise<void> {
    this.#socket ??= this.#open();
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      socket.write(bytes, (error) => (error == null ? resolve() : reject(error)));
    });
  }

  close(): void {
    if (this.#socket === undefined) closeSync(this.fd);
    else this.#socket.destroy();
  }

  #open(): Socket {
    const socket = new Socket({ fd: this.fd, readable: false, writable: true });
    // Whoever writes is told, too.
    socket.on('error', () => {});
    return socket;
  }
}
