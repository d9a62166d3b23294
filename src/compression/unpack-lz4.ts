import { sharedUnpacker } from '../kernel/unpacker.js';

const MAGIC = 0x184d2204;
/** Bits of a frame's first byte behind the magic number, https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md. */
const FLAG = { dictionary: 0x01, contentSize: 0x08, blockChecksums: 0x10, version: 0xc0 } as const;
const VERSION_1 = 0x40;
const CHECKSUM_BYTES = 4;
const CONTENT_SIZE_BYTES = 8;
/** The highest bit of a block's size: its bytes are as they were. */
const PLAIN = 0x80000000;
/** No byte of a block gives more bytes than so many. */
const MOST_RATIO = 255;

interface FramedBlock {
  readonly from: number;
  readonly to: number;
  readonly isPlain: boolean;
}

/**
 * What an LZ4 frame holds. Its checksums are left out: a record batch has its own of all that it holds.
 * @returns borrowed until the next call
 * @throws Error where it is damaged
 */
export function unpackLz4(bytes: Buffer): Uint8Array {
  const { blocks, largest } = framedBlocks(bytes);
  const unpacker = sharedUnpacker();
  unpacker.load(
    bytes,
    blocks.reduce((sum, { from, to }) => sum + Math.min(largest, (to - from) * MOST_RATIO), 0),
  );
  for (const { from, to, isPlain } of blocks) {
    if (!(isPlain ? unpacker.plain(from, to) : unpacker.lz4(from, to))) throw damaged('a block');
  }
  return unpacker.bytes;
}

/** The blocks up to the frame's end, and how many bytes each holds at most. */
function framedBlocks(bytes: Buffer): { readonly blocks: readonly FramedBlock[]; readonly largest: number } {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw damaged('the frame');
  const flags = bytes[4];
  const kind = (bytes[5] >> 4) & 7;
  if ((flags & FLAG.version) !== VERSION_1 || (flags & FLAG.dictionary) !== 0 || kind < 4) throw damaged('the frame');
  const behind = (flags & FLAG.blockChecksums) === 0 ? 0 : CHECKSUM_BYTES;
  const blocks: FramedBlock[] = [];
  for (let at = 7 + ((flags & FLAG.contentSize) === 0 ? 0 : CONTENT_SIZE_BYTES); at + 4 <= bytes.length; ) {
    const word = bytes.readUInt32LE(at);
    // 64 KB, 256 KB, 1 MB or 4 MB.
    if (word === 0) return { blocks, largest: 2 ** (2 * kind + 8) };
    const from = at + 4;
    const to = from + (word & ~PLAIN);
    if (to > bytes.length) break;
    blocks.push({ from, to, isPlain: word >= PLAIN });
    at = to + behind;
  }
  throw damaged('the frame');
}

function damaged(what: string): Error {
  return new Error(`${what} is damaged`);
}
