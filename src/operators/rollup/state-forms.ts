import { GrowableColumn } from './growable-column.js';

/** How the times of rows were written: one form for all of them, or one a row. */
export type Forms = number | Uint32Array;

/** How the time of each state was written (records/time/form.ts): a column of them only once two differ. */
export class StateForms {
  #one: number | undefined;
  #each: GrowableColumn<Uint32Array> | undefined;

  /** Takes the forms of a batch's rows, of which put() may keep some; numbers of states lie below `top`. */
  begin(forms: Forms, count: number, top: number): void {
    const first = typeof forms === 'number' ? forms : forms[0];
    this.#one ??= first;
    if (this.#each === undefined && first === this.#one && isOne(forms, count)) return;
    if (this.#each === undefined) {
      this.#each = new GrowableColumn(Uint32Array);
      this.#each.need(top);
      this.#each.values.fill(this.#one, 0, top);
    } else {
      this.#each.need(top);
    }
  }

  /** One for each state, to be read and written; undefined where all have the form that they have had so far. */
  get each(): Uint32Array | undefined {
    return this.#each?.values;
  }

  of(state: number): number {
    return this.#each?.values[state] ?? this.#one ?? 0;
  }

  /** The forms of some states, at least one. */
  some(states: Int32Array): { readonly form: number; readonly forms?: Uint32Array } {
    const form = this.of(states[0]);
    const each = this.#each?.values;
    if (each === undefined) return { form };
    const forms = new Uint32Array(states.length);
    let vary = false;
    for (let row = 0; row < states.length; row++) {
      forms[row] = each[states[row]];
      if (forms[row] !== form) vary = true;
    }
    return vary ? { form, forms } : { form };
  }
}

function isOne(forms: Forms, count: number): boolean {
  if (typeof forms === 'number') return true;
  for (let at = 1; at < count; at++) if (forms[at] !== forms[0]) return false;
  return true;
}
