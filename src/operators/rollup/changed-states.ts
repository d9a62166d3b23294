import { GrowableColumn } from './growable-column.js';

/** Which states' rows have changed since they were taken last, each once. */
export class ChangedStates {
  readonly #isChanged = new GrowableColumn(Uint8Array);
  readonly #states = new GrowableColumn(Int32Array);
  #count = 0;

  /** Makes room for states below `top`. */
  need(top: number): void {
    this.#isChanged.need(top);
    this.#states.need(top);
  }

  mark(states: Int32Array, count: number): void {
    const isChanged = this.#isChanged.values;
    const changed = this.#states.values;
    for (let at = 0; at < count; at++) {
      const state = states[at];
      if (isChanged[state] === 1) continue;
      isChanged[state] = 1;
      changed[this.#count++] = state;
    }
  }

  take(): Int32Array {
    const changed = this.#states.values.slice(0, this.#count);
    this.#count = 0;
    const isChanged = this.#isChanged.values;
    for (let at = 0; at < changed.length; at++) isChanged[changed[at]] = 0;
    return changed;
  }
}
