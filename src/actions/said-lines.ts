import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** More lines of one run, and longer ones, are not shown. */
const MOST_LINES = 20;
const LONGEST_LINE = 500;

/** What a program says, line by line, without what could move a terminal's cursor. */
export class SaidLines {
  readonly #show: (line: string) => void;
  readonly #streams: readonly Readable[];
  readonly #closed: Promise<unknown>;
  readonly #rests = new Map<Readable, string>();
  #count = 0;

  constructor(show: (line: string) => void, streams: readonly Readable[]) {
    this.#show = show;
    this.#streams = streams;
    this.#closed = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))));
    for (const stream of streams) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#take(stream, text));
      stream.on('error', () => {});
    }
  }

  /** Waits for its last words, for `most` milliseconds. */
  async end(most: number): Promise<void> {
    await Promise.race([this.#closed, pause(most, undefined, { ref: false })]);
    for (const stream of this.#streams) {
      stream.destroy();
      const rest = this.#rests.get(stream) ?? '';
      if (rest !== '') this.#line(rest);
    }
    const more = this.#count - MOST_LINES;
    if (more > 0) this.#show(`… and ${more} more ${more === 1 ? 'line' : 'lines'}`);
  }

  #take(stream: Readable, text: string): void {
    const lines = ((this.#rests.get(stream) ?? '') + text).split('\n');
    this.#rests.set(stream, (lines.pop() ?? '').slice(0, LONGEST_LINE + 1));
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    this.#count++;
    if (this.#count > MOST_LINES) return;
    const plain = line.replace(/\p{Cc}/gu, ' ').trimEnd();
    this.#show(plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE)}…` : plain);
  }
}
