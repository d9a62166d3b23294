import { writeSync } from 'node:fs';

/** Alternate screen, hidden cursor, no wrapping at the right edge; and each taken back in turn. */
const CLEAR = '\u001b[2J';
const ENTER = `\u001b[?1049h\u001b[?25l\u001b[?7l${CLEAR}`;
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** Synchronized output: the terminal shows what stands between the two at once. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

const STANDARD_OUTPUT = 1;

/**
 * The terminal, as something that takes whole frames: of each only the lines that changed are sent, in one write, so
 * that it never shows half of one and is little over a slow line.
 */
export class Screen {
  #lines: readonly string[] = [];
  #entered = false;

  constructor(readonly out: NodeJS.WriteStream) {}

  get width(): number {
    return this.out.columns;
  }

  get height(): number {
    return this.out.rows;
  }

  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    this.out.write(ENTER);
    this.#lines = [];
  }

  /** Gives the terminal back as it was; also while the process ends. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    try {
      writeSync(STANDARD_OUTPUT, LEAVE);
    } catch {
      // A terminal that is gone needs nothing.
    }
  }

  /** Has the next frame be sent whole. */
  forget(): void {
    this.#lines = [];
    if (this.#entered) this.out.write(CLEAR);
  }

  show(frame: string): void {
    if (!this.#entered || frame === '') return;
    const lines = frame.split('\n', this.height);
    let changes = '';
    for (const [row, line] of lines.entries()) {
      if (line !== this.#lines[row]) changes += `\u001b[${row + 1};1H\u001b[2K${line}`;
    }
    for (let row = lines.length; row < this.#lines.length; row++) changes += `\u001b[${row + 1};1H\u001b[2K`;
    this.#lines = lines;
    if (changes !== '') this.out.write(BEGIN + changes + END);
  }

  /** What Ink writes its frames to. It is no terminal: what Ink would send to one is none of its business. */
  stream(): NodeJS.WriteStream {
    const write = (frame: string, ...rest: readonly unknown[]): boolean => {
      this.show(frame);
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
    return Object.create(this.out, { isTTY: { value: false }, write: { value: write } });
  }
}
