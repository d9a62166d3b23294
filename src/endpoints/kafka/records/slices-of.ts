import { byteSlices } from '../../../records/byte-slices.js';
import type { Slices } from './record-framer.js';

/** Byte strings one behind the other; undefined: none. */
export function slicesOf(strings: readonly (Uint8Array | undefined)[]): Slices {
  const { buffer, starts, ends } = byteSlices(strings.map((string) => string ?? NOTHING));
  return { bytes: buffer, starts: starts.map((start, at) => (strings[at] === undefined ? -1 : start)), ends };
}

const NOTHING = new Uint8Array(0);
