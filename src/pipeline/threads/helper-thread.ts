import { Worker } from 'node:worker_threads';
import { Bell } from '../../endpoints/bell.js';
import { kernelModule } from '../../kernel/kernel.js';
import { type FileShare, ShareGauge, type ShareMessage } from './file-share.js';

/** What a thread is given. */
export interface ThreadData {
  readonly share: FileShare;
  /** Of a ShareGauge. */
  readonly memory: SharedArrayBuffer;
  /** Compiled once for all threads. */
  readonly kernel: WebAssembly.Module;
}

/** A thread that reads a share of a file. */
export class HelperThread {
  readonly #gauge = new ShareGauge();
  readonly #worker: Worker;
  readonly #messages: ShareMessage[] = [];
  readonly #bell = new Bell();
  #failure: unknown;
  #counted = 0;

  constructor(readonly share: FileShare) {
    const workerData: ThreadData = { share, memory: this.#gauge.memory, kernel: kernelModule() };
    this.#worker = new Worker(threadPath(), { workerData });
    this.#worker.on('message', (message: ShareMessage) => {
      this.#messages.push(message);
      this.#bell.ring();
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread has ended too early')));
  }

  /** Resolves when take() has something to say; undefined: it has now. */
  ready(): Promise<void> | undefined {
    return this.#messages.length > 0 || this.#failure !== undefined ? undefined : this.#bell.rung;
  }

  /** What it has said and nobody has taken; undefined where there is nothing yet. @throws what the thread has thrown */
  take(): ShareMessage | undefined {
    const message = this.#messages.shift();
    if (message !== undefined) this.#gauge.taken();
    else if (this.#failure !== undefined) throw this.#failure;
    return message;
  }

  /** How many records fitted since this was asked for last. */
  newRecords(): number {
    const { records } = this.#gauge;
    const fresh = records - this.#counted;
    this.#counted = records;
    return fresh;
  }

  /** It ends where it is. */
  stop(): void {
    this.#gauge.stop();
  }

  async close(): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#bell.ring();
  }
}

function threadPath(): URL {
  // Bundled, this file lies in dist/; from source, in src/pipeline/threads/.
  const here = import.meta.url;
  return new URL(here.includes('/dist/') ? 'share-thread.cjs' : '../../../dist/share-thread.cjs', here);
}
