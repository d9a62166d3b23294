import { bug } from '../records/errors.js';
import { fitValue } from '../records/fit-value.js';
import { parseJson } from '../records/json-text.js';
import type { FieldType } from '../records/schema.js';
import type { Views } from './kernel.js';

/** Types that no node says exactly: scans ask here whether a value fits (assembly/json.ts). */
export class SlowFits {
  readonly #types = new Map<number, FieldType>();
  #last = 0;

  /** The number that a node has in its word `check`, until it is given back. */
  add(type: FieldType): number {
    this.#types.set(++this.#last, type);
    return this.#last;
  }

  drop(check: number): void {
    this.#types.delete(check);
  }

  /** Whether a value fits the type of a check. The scan has found that it is JSON. */
  fits({ u8 }: Views, check: number, at: number, length: number): boolean {
    const type = this.#types.get(check) ?? bug(`type ${check} is checked no more`);
    return fitValue(type, parseJson(u8.subarray(at, at + length)), '').problem === undefined;
  }
}
