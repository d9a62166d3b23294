import type { BatchSource } from '../endpoints/endpoint.js';
import { ExchangedOperator } from '../operators/exchanged-operator.js';
import type { Operator } from '../operators/operator.js';
import { PartitionedOperator } from '../operators/partitioned-operator.js';
import type { Batch } from '../records/batch.js';

/** A source that is not read to its end is asked again after this long. */
const ASK_AGAIN_MS = 200;
/** The number of what has no parts. */
const WHOLE = 0;

/**
 * Tells when so long nothing has come that open windows are closed (`--idle-close`): for each part by itself, so that it
 * does not depend on how many copies share the parts, and only where all of it is known to be read.
 */
export class IdleClosing {
  readonly #source: BatchSource;
  readonly #operator: Operator | undefined;
  /** Milliseconds; undefined: never. */
  readonly #after: number | undefined;
  readonly #begun = performance.now();
  /** By part: a part that was given away and comes back is another. */
  readonly #arrived = new WeakMap<object, number>();
  readonly #closed = new WeakSet<object>();

  constructor(source: BatchSource, operator: Operator | undefined, after: number | undefined) {
    this.#source = source;
    this.#operator = operator;
    this.#after = after;
  }

  /** A batch was processed. */
  arrived({ origin, exchanged }: Batch): void {
    const operator = this.#operator;
    if (this.#after === undefined || operator === undefined) return;
    if (operator instanceof ExchangedOperator && exchanged === undefined) {
      // Its rows are of any part's groups; those that are here were handed them directly.
      for (const part of operator.parts.values()) this.#note(part);
      return;
    }
    const isParted = operator instanceof PartitionedOperator;
    const number = isParted ? (exchanged?.part ?? operator.partOf(origin?.partition ?? 0)) : WHOLE;
    const part = this.#parts.get(number);
    if (part !== undefined) this.#note(part);
  }

  #note(part: object): void {
    this.#arrived.set(part, performance.now());
    // What it has now is to be closed, too.
    this.#closed.delete(part);
  }

  /** When to ask again, as performance.now() tells it. */
  get due(): number | undefined {
    const after = this.#after;
    if (after === undefined) return undefined;
    const instants = this.#open.map((part) => {
      const since = this.#since(part);
      return since === undefined ? performance.now() + ASK_AGAIN_MS : since + after;
    });
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  /** The parts whose windows are to be closed now; to be asked when nothing is there to be taken. */
  take(): ReadonlySet<number> {
    const after = this.#after;
    if (after === undefined) return new Set();
    const now = performance.now();
    const idle = this.#open.filter((part) => now - (this.#since(part) ?? now) >= after);
    for (const [, part] of idle) this.#closed.add(part);
    return new Set(idle.map(([number]) => number));
  }

  get #parts(): ReadonlyMap<number, object> {
    const operator = this.#operator;
    if (operator === undefined) return new Map();
    return operator instanceof PartitionedOperator ? operator.parts : new Map([[WHOLE, operator]]);
  }

  get #open(): (readonly [number, object])[] {
    return [...this.#parts].filter(([, part]) => !this.#closed.has(part));
  }

  /** Since when nothing has come; undefined where there may be more to read. */
  #since([number, part]: readonly [number, object]): number | undefined {
    const operator = this.#operator;
    const arrived = this.#arrived.get(part) ?? this.#begun;
    const isOfPart = (partition: number): boolean =>
      !(operator instanceof PartitionedOperator) || operator.partOf(partition) === number;
    const { quiet } = this.#source;
    if (quiet === undefined) return arrived;
    const since = quiet.call(this.#source, isOfPart);
    return since === undefined ? undefined : Math.max(since, arrived);
  }
}
