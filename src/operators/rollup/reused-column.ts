interface Elements<A> {
  readonly length: number;
  subarray(from: number, to: number): A;
}

/** A typed array that is lent again and again: a new one for each batch would be memory to clear and to collect. */
export class ReusedColumn<A extends Elements<A>> {
  #room: A;
  readonly #make: new (
    length: number,
  ) => A;

  constructor(make: new (length: number) => A) {
    this.#make = make;
    this.#room = new make(0);
  }

  /** So many elements, whatever they hold; borrowed until the next call. */
  of(length: number): A {
    if (this.#room.length < length) this.#room = new this.#make(length);
    return this.#room.length === length ? this.#room : this.#room.subarray(0, length);
  }
}
