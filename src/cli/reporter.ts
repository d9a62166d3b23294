import { fstatSync } from 'node:fs';
import { sentenceMask } from '../records/uri-password.js';
import type { Described } from './describe-error.js';

/** What a run tells. */
export type RunReporter = Pick<
  Reporter,
  'warn' | 'say' | 'resumed' | 'summary' | 'progressUntil' | 'progress' | 'clear'
>;

/**
 * Everything that goes to standard error: sentences, or JSON lines with --log-format json. On a terminal one line is
 * refreshed in place while a run goes on.
 */
export class Reporter {
  readonly #json: boolean;
  readonly #live: boolean;
  /** A sentence without the passwords of the command's words. */
  readonly masked: (sentence: string) => string;
  #shown = 0;
  #summary: Readonly<Record<string, number>> | undefined;

  /** @param words the command's, behind its name */
  constructor(json: boolean, words: readonly string[]) {
    this.#json = json;
    this.masked = sentenceMask(words);
    this.#live = !json && process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  }

  /**
   * How long the refreshed line stays: not among the rows on a terminal, and of a pipeline's stages the last alone has
   * one.
   * @param takes what of a run goes to standard output
   * @returns undefined where there is none
   */
  progressUntil(takes: { readonly rows: boolean; readonly deadLetters: boolean }): 'rows' | 'end' | undefined {
    if (!this.#live) return undefined;
    if (process.stdout.isTTY === true) return takes.deadLetters ? undefined : takes.rows ? 'rows' : 'end';
    return takes.rows && fstatSync(1).isFIFO() ? undefined : 'end';
  }

  /** A sentence about the input or the run. */
  readonly warn = (message: string): void => {
    if (this.#json) this.#line({ level: 'warn', message });
    else this.#write(`freshet: ${message}\n`);
  };

  /** A sentence that the summary has as figures. */
  say(message: string): void {
    if (!this.#json) this.#write(`freshet: ${message}\n`);
  }

  /** Something that was done, with what a log is searched for. */
  readonly event = (event: string, message: string, fields: Readonly<Record<string, unknown>>): void => {
    if (this.#json) this.#line({ level: 'info', event, message, ...fields });
    else this.#write(`freshet: ${message}\n`);
  };

  /** Where a run goes on. @param isSought whether someone looks for it: a run that ends by itself is often one of many */
  resumed(message: string, fields: Readonly<Record<string, unknown>>, isSought: boolean): void {
    if (isSought || this.#json || this.#live) this.event('resumed', message, fields);
  }

  error({ message, next, code, stack }: Described): void {
    if (this.#json) {
      this.#line({ level: 'error', message, next, code, stack });
      return;
    }
    if (stack !== undefined) this.#write(`${stack}\n`);
    this.#write(`freshet: ${message}\n${next === undefined ? '' : `  ${next.replaceAll('\n', '\n  ')}\n`}`);
  }

  /** With --log-format json a run ends with it: it is the last line, also where an error ended the run. */
  summary(figures: Readonly<Record<string, number>>): void {
    this.#tellSummary();
    this.#summary = figures;
  }

  /** Replaces the refreshed line. */
  progress(text: string): void {
    if (!this.#live) return;
    const columns = process.stderr.columns ?? 80;
    const cut = text.length >= columns ? text.slice(0, columns - 1) : text;
    process.stderr.write(`\r${cut}${' '.repeat(Math.max(0, this.#shown - cut.length))}`);
    this.#shown = cut.length;
  }

  close(): void {
    this.clear();
    this.#tellSummary();
  }

  /** Takes the refreshed line away. */
  clear(): void {
    if (this.#shown === 0) return;
    process.stderr.write(`\r${' '.repeat(this.#shown)}\r`);
    this.#shown = 0;
  }

  #tellSummary(): void {
    if (this.#json && this.#summary !== undefined) this.#line({ event: 'summary', ...this.#summary });
    this.#summary = undefined;
  }

  #line(fields: Readonly<Record<string, unknown>>): void {
    const shown = (_: string, value: unknown): unknown => (typeof value === 'string' ? this.masked(value) : value);
    process.stderr.write(`${JSON.stringify(fields, shown)}\n`);
  }

  #write(text: string): void {
    this.clear();
    process.stderr.write(this.masked(text));
  }
}
