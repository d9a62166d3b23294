/** A value as a database has it. Integers beyond ±(2^53 − 1) are bigint. */
export type SqlValue = null | number | bigint | string | Uint8Array;
