import type { DictionaryColumn } from '../records/columns.js';
import type { TextSlices } from '../records/dictionary.js';

/** So many bytes are copied one by one: a call costs more. */
const SHORT = 32;

/** The texts of a batch's rows alone, one behind the other, of a dictionary that has many more. */
export class GatheredTexts implements TextSlices {
  /** By row: its number. */
  ids = new Int32Array(0);
  starts = new Uint32Array(1);
  bytes = new Uint8Array(0);

  /**
   * Takes the texts of the first `length` rows in place of the last ones.
   * @param most bytes that they may have together; with more of them nothing is taken
   */
  gather({ ids, nulls }: DictionaryColumn, { bytes, starts }: TextSlices, length: number, most: number): boolean {
    if (this.ids.length < length) {
      this.ids = Int32Array.from({ length }, (_, row) => row);
      this.starts = new Uint32Array(length + 1);
    }
    const ends = this.starts;
    for (let row = 0; row < length; row++) {
      const id = ids[row];
      ends[row + 1] = ends[row] + (nulls?.[row] === 1 ? 0 : starts[id + 1] - starts[id]);
      if (ends[row + 1] > most) return false;
    }
    if (this.bytes.length < ends[length]) this.bytes = new Uint8Array(ends[length] * 2);
    const gathered = this.bytes;
    for (let row = 0; row < length; row++) {
      let to = ends[row];
      const end = ends[row + 1];
      if (to === end) continue;
      let from = starts[ids[row]];
      if (end - to > SHORT) gathered.set(bytes.subarray(from, from + end - to), to);
      else while (to < end) gathered[to++] = bytes[from++];
    }
    return true;
  }
}
