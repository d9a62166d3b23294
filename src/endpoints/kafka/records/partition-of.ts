const SEED = 0x9747b28c;
const FACTOR = 0x5bd1e995;

/**
 * The partition of a key, as Java's default partitioner chooses it (org.apache.kafka.common.utils.Utils.murmur2, which is
 * MurmurHash2 by Austin Appleby). The kernel has the same for who writes; this leaves its memory alone.
 */
export function partitionOf(bytes: Uint8Array, start: number, end: number, partitions: number): number {
  let hash = SEED ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    let word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    word = Math.imul(word, FACTOR);
    word = Math.imul(word ^ (word >>> 24), FACTOR);
    hash = Math.imul(hash, FACTOR) ^ word;
  }
  if (at < end) {
    for (let last = end - 1; last >= at; last--) hash ^= bytes[last] << ((last - at) * 8);
    hash = Math.imul(hash, FACTOR);
  }
  hash = Math.imul(hash ^ (hash >>> 13), FACTOR);
  return ((hash ^ (hash >>> 15)) & 0x7fffffff) % partitions;
}
