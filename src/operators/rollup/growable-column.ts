const PAGE = 65536;
const LARGEST_STEP = 32 * 1024 * 1024;

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array | BigInt64Array;

/** What makes a view of memory: a typed array's constructor. */
interface View<A extends Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): A;
}

/**
 * A typed array that grows in place, without the copy (and the moment of holding both) that a larger one takes: a
 * WebAssembly memory used as storage. New elements are zero. `values` is a new view after need().
 */
export class GrowableColumn<A extends Numbers> {
  values: A;
  readonly #view: View<A>;
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });

  constructor(view: View<A>) {
    this.#view = view;
    this.values = new view(this.#memory.buffer);
  }

  /** Makes room for `count` elements in all. */
  need(count: number): void {
    if (count <= this.values.length) return;
    const have = this.#memory.buffer.byteLength;
    const wanted = Math.max(count * this.#view.BYTES_PER_ELEMENT, have + Math.min(have, LARGEST_STEP));
    this.#memory.grow(Math.ceil((wanted - have) / PAGE));
    this.values = new this.#view(this.#memory.buffer);
  }
}
