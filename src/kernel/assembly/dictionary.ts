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

/** Makes room for this many more bytes, in JavaScript: `bytes` is elsewhere after it. */
// @ts-ignore: decorator
@external("env", "growDictionary")
declare function growDictionary(dictionary: usize, more: u32): void;

/** The id of a byte string, added if it is new. There is room for an entry: scans stop when `full` is set. */
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
  if (length > d.byteRoom - d.bytesLength) growDictionary(changetype<usize>(d), length);
  memory.copy(d.bytes + d.bytesLength, p, length);
  d.bytesLength += length;
  store<u32>(d.offsets + ((<usize>d.size) << 2), d.bytesLength);
  store<i32>(d.slots + ((<usize>slot) << 2), id);
  return id;
}

/** A dictionary with more slots than this does not fit into the processor's nearer caches. */
const NEAR_SLOTS: u32 = 1 << 16;

// @ts-ignore: decorator
@inline
export function isFar(d: Dictionary): bool {
  return d.mask >= NEAR_SLOTS;
}

/** A text that is to be interned: its bytes stay where they are until it is. */
@unmanaged
class Waiting {
  text: usize;
  length: u32;
  dictionary: usize;
  /** Where its id goes. */
  target: usize;
  /** What is loaded next. */
  next: usize;
}
const WAITING_BYTES: usize = 20;
/** ../kernel-dictionary.ts has room for so many entries behind the limit. */
const MOST_WAITING: i32 = 64;
const waiting = memory.data(1280);
let waitingCount: i32 = 0;

/**
 * Interns a text with others that it is put together with: each look-up in a dictionary of many megabytes waits for
 * memory three times, and the processor waits for many at once where the loads stand side by side.
 */
// @ts-ignore: decorator
@inline
export function internLater(d: Dictionary, p: usize, length: u32, target: usize): void {
  if (waitingCount == MOST_WAITING) internWaiting();
  const entry = changetype<Waiting>(waiting + (<usize>waitingCount) * WAITING_BYTES);
  entry.text = p;
  entry.length = length;
  entry.dictionary = changetype<usize>(d);
  entry.target = target;
  waitingCount++;
}

/** Interns what is waiting; to be called before ids are read. */
export function internWaiting(): void {
  if (waitingCount == 0) return;
  const end = waiting + (<usize>waitingCount) * WAITING_BYTES;
  for (let at = waiting; at < end; at += WAITING_BYTES) {
    const entry = changetype<Waiting>(at);
    const d = changetype<Dictionary>(entry.dictionary);
    const id = load<i32>(d.slots + ((<usize>(hash(entry.text, entry.length) & d.mask)) << 2));
    entry.next = id < 0 ? 0 : d.offsets + ((<usize>id) << 2);
  }
  for (let at = waiting; at < end; at += WAITING_BYTES) {
    const entry = changetype<Waiting>(at);
    if (entry.next != 0) entry.next = changetype<Dictionary>(entry.dictionary).bytes + load<u32>(entry.next);
  }
  let sum: u32 = 0;
  for (let at = waiting; at < end; at += WAITING_BYTES) {
    const entry = changetype<Waiting>(at);
    if (entry.next != 0) sum += load<u8>(entry.next);
  }
  loaded = sum;
  for (let at = waiting; at < end; at += WAITING_BYTES) {
    const entry = changetype<Waiting>(at);
    store<i32>(entry.target, intern(changetype<Dictionary>(entry.dictionary), entry.text, entry.length));
  }
  waitingCount = 0;
}

/** Kept so that the loads are not left out. */
export let loaded: u32 = 0;

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
