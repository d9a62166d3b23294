/** A record as Kafka's documentation has it, one object each. */
export interface SlowRecord {
  readonly offset: number;
  readonly time: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string | null, value: string | null])[];
}

/** Reads the records of a batch byte by byte: https://kafka.apache.org/documentation/#record. */
export function slowRecords(bytes: Uint8Array, firstTime: number): SlowRecord[] {
  let at = 0;
  const number = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
  };
  const text = (): string | null => {
    const length = number();
    if (length < 0) return null;
    at += length;
    return Buffer.from(bytes.subarray(at - length, at)).toString('latin1');
  };
  const records: SlowRecord[] = [];
  while (at < bytes.length) {
    const length = number();
    const end = at + length;
    at++;
    const time = firstTime + number();
    const offset = number();
    const [key, value] = [text(), text()];
    const headers = Array.from({ length: number() }, () => [text(), text()] as const);
    if (at !== end) throw new Error(`a record of ${length} bytes ends ${end - at} bytes early`);
    records.push({ offset, time, key, value, headers });
  }
  return records;
}

/** murmur2 as Kafka's Java client has it, with Java's own types: 32 bits with a sign. */
export function javaPartition(key: string, partitions: number): number {
  const data = Buffer.from(key, 'latin1');
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  let at = 0;
  for (; at + 4 <= data.length; at += 4) {
    let k = Math.imul(data.readInt32LE(at), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = data.length - at;
  if (rest === 3) h ^= data[at + 2] << 16;
  if (rest >= 2) h ^= data[at + 1] << 8;
  if (rest >= 1) h = Math.imul(h ^ data[at], m);
  h = Math.imul(h ^ (h >>> 13), m);
  h ^= h >>> 15;
  return (h & 0x7fffffff) % partitions;
}
