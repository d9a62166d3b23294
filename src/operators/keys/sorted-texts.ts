import type { Dictionary } from '../../records/dictionary.js';
import type { ByteStrings } from './byte-strings.js';
import { inverse } from './radix-order.js';
import { StoredTexts } from './stored-texts.js';

/** A copy of byte strings that lie in their order. */
export class SortedTexts {
  /** By number of a string its entry in the dictionary. */
  readonly places: Int32Array;
  readonly dictionary: Dictionary;

  /** @param order all strings, in their order */
  constructor(strings: ByteStrings, order: Int32Array) {
    this.places = inverse(order);
    this.dictionary = new StoredTexts(strings.reordered(order));
  }
}
