import { equal, hash } from './bytes';
import { Dictionary } from './node';

/** The id of a byte string, or -1. */
// @ts-ignore: decorator
@inline
export function find(d: Dictionary, p: usize, length: u32): i32 {
  let slot = hash(p, length) & d.mask;
  while (true) {
    const id = load<i32>(d.slots + ((<usize>slot) << 2));
    if (id < 0) return -1;
    const offset = d.offsets + ((<usize>id) << 2);
    const start = load<u32>(offset);
    if (load<u32>(offset, 4) - start == length && equal(d.bytes + start, p, length)) return id;
    slot = (slot + 1) & d.mask;
  }
}

/** Whether a dictionary has reached its limit, so that the scan must stop behind this row. */
export let full: bool = false;

export function clearFull(): void {
  full = false;
}

/** The id of a byte string, added if it is new. There is room: scans stop when `full` is set. */
// @ts-ignore: decorator
@inline
export function intern(d: Dictionary, p: usize, length: u32): i32 {
  let slot = hash(p, length) & d.mask;
  while (true) {
    const id = load<i32>(d.slots + ((<usize>slot) << 2));
    if (id < 0) break;
    const offset = d.offsets + ((<usize>id) << 2);
    const start = load<u32>(offset);
    if (load<u32>(offset, 4) - start == length && equal(d.bytes + start, p, length)) return id;
    slot = (slot + 1) & d.mask;
  }
  const id = d.size++;
  if (d.size >= d.limit) full = true;
  memory.copy(d.bytes + d.bytesLength, p, length);
  d.bytesLength += length;
  store<u32>(d.offsets + ((<usize>d.size) << 2), d.bytesLength);
  store<i32>(d.slots + ((<usize>slot) << 2), id);
  return id;
}

/** Interns a byte string that JavaScript has put in memory. */
export function dictionaryIntern(dictionary: usize, p: usize, length: u32): i32 {
  return intern(changetype<Dictionary>(dictionary), p, length);
}

/** Fills the slots anew, after the table has grown. */
export function dictionaryRehash(dictionary: usize): void {
  const d = changetype<Dictionary>(dictionary);
  memory.fill(d.slots, 0xff, ((<usize>d.mask) + 1) << 2);
  for (let id = 0; id < d.size; id++) {
    const offset = d.offsets + ((<usize>id) << 2);
    const start = load<u32>(offset);
    let slot = hash(d.bytes + start, load<u32>(offset, 4) - start) & d.mask;
    while (load<i32>(d.slots + ((<usize>slot) << 2)) >= 0) slot = (slot + 1) & d.mask;
    store<i32>(d.slots + ((<usize>slot) << 2), id);
  }
}
