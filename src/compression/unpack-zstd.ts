import { sharedUnpacker, type Unpacker } from '../kernel/unpacker.js';

// RFC 8878, 3.1.
const MAGIC = 0xfd2fb528;
/** What is to be passed over has a magic number with any last four bits, and its length behind it. */
const SKIPPED = 0x184d2a50;
/** Bits of a frame's first byte behind the magic number. */
const FLAG = { single: 0x20, reserved: 0x08, checksum: 0x04, dictionary: 0x03 } as const;
/** A magic number and as much again. */
const LEAST_BYTES = 8;
const CHECKSUM_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const KIND = { plain: 0, oneByte: 1, compressed: 2 } as const;
/** No compressed block gives more. */
const MOST_OF_BLOCK = 128 * 1024;
/** What all blocks may give together. */
const MOST = 256 * 1024 * 1024;

interface Frame {
  /** How many bytes it holds, where it says so. */
  readonly size: number | undefined;
  readonly blocks: readonly FramedBlock[];
  readonly end: number;
}

interface FramedBlock {
  readonly kind: number;
  readonly from: number;
  /** What it gives, of a compressed one the most. */
  readonly size: number;
  readonly to: number;
}

/**
 * What frames of Zstandard hold. Their checksums are left out.
 * @returns borrowed until the next call
 * @throws Error where they are damaged, or need a dictionary
 */
export function unpackZstd(bytes: Buffer): Uint8Array {
  const frames = framesOf(bytes);
  const most = frames.reduce((sum, frame) => sum + mostOf(frame), 0);
  if (most > MOST) throw new Error('it holds more than 256 MB');
  const unpacker = sharedUnpacker();
  unpacker.load(bytes, most);
  for (const { size, blocks } of frames) {
    const { length } = unpacker.bytes;
    unpacker.beginZstd();
    for (const block of blocks) if (!unpackBlock(unpacker, block)) throw damaged('a block');
    if (size !== undefined && unpacker.bytes.length - length !== size) throw damaged('a frame');
  }
  return unpacker.bytes;
}

function unpackBlock(unpacker: Unpacker, { kind, from, to, size }: FramedBlock): boolean {
  if (kind === KIND.plain) return unpacker.plain(from, to);
  return kind === KIND.oneByte ? unpacker.oneByte(from, size) : unpacker.zstd(from, to);
}

function mostOf({ size = Number.POSITIVE_INFINITY, blocks }: Frame): number {
  return Math.min(
    size,
    blocks.reduce((sum, block) => sum + block.size, 0),
  );
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < LEAST_BYTES) throw damaged('a frame');
    const magic = bytes.readUInt32LE(at);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPED) at += LEAST_BYTES + bytes.readUInt32LE(at + 4);
    else if (magic === MAGIC) {
      const frame = frameAt(bytes, at + 4);
      frames.push(frame);
      at = frame.end;
    } else throw damaged('a frame');
    if (at > bytes.length) throw damaged('a frame');
  }
  return frames;
}

/** The frame whose header begins at a place. */
function frameAt(bytes: Buffer, start: number): Frame {
  const flags = bytes[start];
  if ((flags & FLAG.reserved) !== 0) throw damaged('a frame');
  if ((flags & FLAG.dictionary) !== 0) throw new Error('it needs a dictionary');
  const isSingle = (flags & FLAG.single) !== 0;
  const sizeBytes = flags >> 6 === 0 ? (isSingle ? 1 : 0) : 1 << (flags >> 6);
  let at = start + 1 + (isSingle ? 0 : 1);
  const size = sizeAt(bytes, at, sizeBytes);
  const blocks: FramedBlock[] = [];
  for (at += sizeBytes; at + BLOCK_HEADER_BYTES <= bytes.length; ) {
    const header = bytes.readUIntLE(at, BLOCK_HEADER_BYTES);
    const kind = (header >> 1) & 3;
    const held = header >> 3;
    const from = at + BLOCK_HEADER_BYTES;
    const to = from + (kind === KIND.oneByte ? 1 : held);
    if (kind > KIND.compressed || held > MOST_OF_BLOCK || to > bytes.length) break;
    blocks.push({ kind, from, to, size: kind === KIND.compressed ? MOST_OF_BLOCK : held });
    at = to;
    if ((header & 1) !== 0) return { size, blocks, end: at + ((flags & FLAG.checksum) === 0 ? 0 : CHECKSUM_BYTES) };
  }
  throw damaged('a frame');
}

function sizeAt(bytes: Buffer, at: number, sizeBytes: number): number | undefined {
  if (at + sizeBytes > bytes.length) throw damaged('a frame');
  if (sizeBytes === 0) return undefined;
  if (sizeBytes === 8) return Number(bytes.readBigUInt64LE(at));
  // Of two bytes 256 are not counted: one byte would be enough for less.
  return bytes.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
}

function damaged(what: string): Error {
  return new Error(`${what} is damaged`);
}
