import type { Dictionary, TextSlices } from '../records/dictionary.js';
import type { Kernel } from './kernel.js';

// Offsets into the struct Dictionary of assembly/node.ts, in words.
const SLOTS = 0;
const MASK = 1;
const SIZE = 2;
const LIMIT = 3;
const OFFSETS = 4;
const BYTES = 5;
const BYTES_LENGTH = 6;
const BYTE_ROOM = 7;
const STRUCT_BYTES = 32;

const FIRST_ENTRIES = 512;
const FIRST_BYTES = 16 * 1024;
/** Slots per entry, so that at most a quarter of them are taken: few look-ups need a second probe. */
const SPARE = 4;

/** Entries behind the limit: a scan interns up to 64 texts together, and then ends its line. */
const BEHIND_LIMIT = 66;

const LARGE_ENTRIES = 1 << 22;
const LARGE_BYTES = 64 * 1024 * 1024;
/** A block that has grown beyond this is given all the room that it may come to need, if the kernel has so much. */
const SMALL_BLOCK = 1024 * 1024;

const text = new TextDecoder();
const encoder = new TextEncoder();

/** A dictionary in the kernel's memory: scans intern into it without leaving WebAssembly. */
export class KernelDictionary implements Dictionary {
  /** The struct's address. */
  readonly at: number;
  readonly #kernel: Kernel;
  #entries = FIRST_ENTRIES;
  /** Bytes of the blocks for slots, offsets and bytes. */
  #slotRoom = FIRST_ENTRIES * SPARE * 4;
  #offsetRoom = (FIRST_ENTRIES + 1) * 4;
  #byteRoom = FIRST_BYTES;
  #generation = 0;
  #texts: string[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.at = kernel.allocate(STRUCT_BYTES);
    this.#set(SLOTS, kernel.allocate(this.#slotRoom));
    this.#set(MASK, this.#entries * SPARE - 1);
    this.#set(LIMIT, this.#entries - BEHIND_LIMIT);
    this.#set(OFFSETS, kernel.allocate(this.#offsetRoom));
    this.#set(BYTES, kernel.allocate(this.#byteRoom));
    this.#set(BYTE_ROOM, this.#byteRoom);
    kernel.onGrow(this.at, (more) => this.#growBytes(more));
    this.#empty();
  }

  get size(): number {
    return this.#get(SIZE);
  }

  get generation(): number {
    return this.#generation;
  }

  bytes(id: number): Uint8Array {
    const { u8, u32 } = this.#kernel.views;
    const offset = (this.#get(OFFSETS) >> 2) + id;
    const base = this.#get(BYTES);
    return u8.subarray(base + (u32[offset] as number), base + (u32[offset + 1] as number));
  }

  slices(): TextSlices {
    const { u8, u32 } = this.#kernel.views;
    const first = this.#get(OFFSETS) >> 2;
    return { bytes: u8.subarray(this.#get(BYTES)), starts: u32.subarray(first, first + this.size + 1) };
  }

  text(id: number): string {
    let known = this.#texts[id];
    if (known === undefined) {
      if (!(id >= 0 && id < this.size)) throw new RangeError(`no dictionary entry ${id}`);
      known = text.decode(this.bytes(id));
      this.#texts[id] = known;
    }
    return known;
  }

  intern(value: string): number {
    const bytes = encoder.encode(value);
    this.makeRoom();
    const at = this.#kernel.allocate(bytes.length);
    this.#kernel.views.u8.set(bytes, at);
    const id = this.#kernel.exports.dictionaryIntern(this.at, at, bytes.length);
    this.#kernel.release(at, bytes.length);
    return id;
  }

  /**
   * Makes room for more entries where they are all taken. To be called before each scan: a scan that takes the last
   * one stops. Room for their bytes is made as a scan needs it.
   */
  makeRoom(): void {
    const { size } = this;
    if (size < this.#get(LIMIT)) return;
    this.#entries *= 2;
    this.#slotRoom = this.#enlarge(SLOTS, this.#slotRoom, this.#entries * SPARE * 4, LARGE_ENTRIES * SPARE * 8, 0);
    this.#offsetRoom = this.#enlarge(
      OFFSETS,
      this.#offsetRoom,
      (this.#entries + 1) * 4,
      (LARGE_ENTRIES * 2 + 1) * 4,
      (size + 1) * 4,
    );
    this.#set(LIMIT, this.#entries - BEHIND_LIMIT);
    this.#set(MASK, this.#entries * SPARE - 1);
    this.#kernel.exports.dictionaryRehash(this.at);
  }

  /**
   * Makes a block larger. A large one gets the most that a dictionary may need at once, so that it grows where it is:
   * memory that nothing was written to yet costs nothing, but what a block that moves leaves behind does.
   * @param used how many of its bytes are kept
   * @returns its new length
   */
  #enlarge(word: number, room: number, wanted: number, most: number, used: number): number {
    if (wanted <= room) return room;
    const kernel = this.#kernel;
    const larger = wanted > SMALL_BLOCK && wanted < most && kernel.canSpare(most) ? most : wanted;
    const old = this.#get(word);
    const moved = kernel.allocate(larger);
    kernel.exports.moveBytes(moved, old, used);
    kernel.release(old, room);
    this.#set(word, moved);
    return larger;
  }

  /** So large that it is better dropped before the next batch: an endless stream of new texts must not fill memory. */
  get isLarge(): boolean {
    return this.size > LARGE_ENTRIES || this.#get(BYTES_LENGTH) > LARGE_BYTES;
  }

  /** Forgets every entry: ids given out so far mean nothing any more. */
  clear(): void {
    this.#generation++;
    this.#empty();
  }

  /** Gives back the memory; after that it is not used any more. */
  close(): void {
    const kernel = this.#kernel;
    kernel.offGrow(this.at);
    kernel.release(this.#get(SLOTS), this.#slotRoom);
    kernel.release(this.#get(OFFSETS), this.#offsetRoom);
    kernel.release(this.#get(BYTES), this.#byteRoom);
    kernel.release(this.at, STRUCT_BYTES);
  }

  /** Called in the middle of a scan: what it reads stays where it is. */
  #growBytes(more: number): void {
    const used = this.#get(BYTES_LENGTH);
    let room = this.#byteRoom;
    while (used + more > room) room *= 2;
    this.#byteRoom = this.#enlarge(BYTES, this.#byteRoom, room, LARGE_BYTES * 2, used);
    this.#set(BYTE_ROOM, this.#byteRoom);
  }

  #empty(): void {
    this.#texts = [];
    this.#set(SIZE, 0);
    this.#set(BYTES_LENGTH, 0);
    const { i32 } = this.#kernel.views;
    i32[this.#get(OFFSETS) >> 2] = 0;
    const slots = this.#get(SLOTS) >> 2;
    i32.fill(-1, slots, slots + this.#entries * SPARE);
  }

  #get(word: number): number {
    return this.#kernel.views.u32[(this.at >> 2) + word] as number;
  }

  #set(word: number, value: number): void {
    this.#kernel.views.u32[(this.at >> 2) + word] = value;
  }
}
