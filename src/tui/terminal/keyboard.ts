import { closeSync, openSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import type { Key } from '../state/press-key.js';
import { parseKeys } from './parse-keys.js';

/** What follows an Escape within this time belongs to it, also over a slow line. */
const ESCAPE_MS = 50;

/** The terminal's keys. They come from the terminal itself, since standard input may be data. */
export class Keyboard {
  #rest = '';
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly stream: ReadStream,
    readonly onKey: (key: Key) => void,
  ) {}

  /** Undefined where there is no terminal to type at. */
  static open(onKey: (key: Key) => void): Keyboard | undefined {
    const stream = openTerminal();
    if (stream === undefined) return undefined;
    const keyboard = new Keyboard(stream, onKey);
    stream.setEncoding('utf8');
    stream.on('data', (text) => keyboard.#take(String(text)));
    // A terminal that hangs up: what else happens then ends the report.
    stream.on('error', () => {});
    return keyboard;
  }

  /** Has every key come at once, and none be shown; or as it was before. */
  setRaw(raw: boolean): void {
    if (!this.stream.destroyed) this.stream.setRawMode(raw);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.setRaw(false);
    this.stream.destroy();
  }

  #take(text: string): void {
    clearTimeout(this.#timer);
    const { keys, rest } = parseKeys(this.#rest + text);
    this.#rest = rest;
    for (const key of keys) this.onKey(key);
    if (rest === '') return;
    this.#timer = setTimeout(() => {
      this.#rest = '';
      this.onKey('escape');
    }, ESCAPE_MS);
  }
}

function openTerminal(): ReadStream | undefined {
  let file: number;
  try {
    file = openSync('/dev/tty', 'r');
  } catch {
    return process.stdin.isTTY ? process.stdin : undefined;
  }
  if (isatty(file)) return new ReadStream(file);
  closeSync(file);
  return undefined;
}
