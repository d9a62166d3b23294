/** What a live table remembers of each row besides its fields, by slot. */
export class RowMarks {
  /** When it changed last, milliseconds. */
  changedAt = new Float64Array(0);
  /** A bit for each field that its last change has changed. */
  bits = new Uint32Array(0);
  /** Of the measure: what it was before its last change; NaN where that is not known. */
  before = new Float64Array(0);
  /** Milliseconds that its last change was late by. */
  lateBy = new Float64Array(0);
  /** The round of a mirror in which it was seen last. */
  rounds = new Uint32Array(0);

  constructor(capacity: number) {
    this.grow(capacity);
  }

  begin(slot: number, round: number): void {
    this.bits[slot] = 0;
    this.before[slot] = Number.NaN;
    this.lateBy[slot] = 0;
    this.rounds[slot] = round;
  }

  grow(capacity: number): void {
    const doubles = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    const words = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(capacity);
      to.set(from);
      return to;
    };
    this.changedAt = doubles(this.changedAt);
    this.before = doubles(this.before);
    this.lateBy = doubles(this.lateBy);
    this.bits = words(this.bits);
    this.rounds = words(this.rounds);
  }

  copy(): RowMarks {
    const copy = new RowMarks(0);
    copy.changedAt = this.changedAt.slice();
    copy.bits = this.bits.slice();
    copy.before = this.before.slice();
    copy.lateBy = this.lateBy.slice();
    copy.rounds = this.rounds.slice();
    return copy;
  }
}
