import type { TimeUnit } from '../../records/time/form.js';
import type { Value } from '../../records/value.js';

const TIMESTAMP = -1;
const NANOS = 1_000_000_000n;

/** A timestamp extension as nanoseconds since the epoch; undefined for anything else. */
export function timestampNanos(type: number, data: Uint8Array): bigint | undefined {
  if (type !== TIMESTAMP) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let seconds: bigint;
  let nanos = 0n;
  if (data.length === 4) {
    seconds = BigInt(view.getUint32(0));
  } else if (data.length === 8) {
    const both = view.getBigUint64(0);
    seconds = both & 0x3ffffffffn;
    nanos = both >> 34n;
  } else if (data.length === 12) {
    nanos = BigInt(view.getUint32(0));
    seconds = view.getBigInt64(4);
  } else {
    return undefined;
  }
  return nanos < NANOS ? seconds * NANOS + nanos : undefined;
}

const LAST_SECOND = 253_402_300_799n;
const FIRST_SECOND = -62_135_596_800n;

/** A timestamp extension as ISO 8601 text in UTC, with as many digits as it needs; undefined beyond its years. */
export function timestampText(type: number, data: Uint8Array): string | undefined {
  const total = timestampNanos(type, data);
  if (total === undefined) return undefined;
  const rest = ((total % NANOS) + NANOS) % NANOS;
  const seconds = (total - rest) / NANOS;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return undefined;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  if (rest === 0n) return `${text}Z`;
  return `${text}.${String(rest)
    .padStart(9, '0')
    .replace(/(000)+$/, '')}Z`;
}

const UNIT_NANOS: Readonly<Record<Exclude<TimeUnit, 'iso'>, bigint>> = {
  d: 86_400n * NANOS,
  s: NANOS,
  ms: 1_000_000n,
  us: 1_000n,
  ns: 1n,
};

/** A timestamp extension as a time field of a unit has it; undefined where the unit is too coarse to hold it. */
export function timestampValue(type: number, data: Uint8Array, unit: TimeUnit): Value | undefined {
  if (unit === 'iso') return timestampText(type, data);
  const total = timestampNanos(type, data);
  if (total === undefined || total % UNIT_NANOS[unit] !== 0n) return undefined;
  const value = total / UNIT_NANOS[unit];
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}
