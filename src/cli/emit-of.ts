import { FutureGuard } from '../operators/future-guard.js';
import type { Closing } from '../pipeline/parted-operator.js';
import type { RecordSchema } from '../records/schema.js';

export interface EmitFlags {
  readonly emit?: 'update' | 'close';
  readonly 'allowed-lateness'?: number;
  readonly 'idle-close'?: number;
}

/**
 * When rows are written: as told, else once at the end of inputs that have one, else as they change.
 */
export function emitOf(flags: EmitFlags, finite: boolean): Closing {
  const emit = flags.emit ?? (finite ? 'close' : 'update');
  const { 'allowed-lateness': allowedLateness, 'idle-close': idleClose } = flags;
  return {
    emit,
    ...(allowedLateness === undefined ? {} : { allowedLateness }),
    ...(idleClose === undefined ? {} : { idleClose }),
  };
}

/** With an allowed lateness, the guard against times that lie too far ahead. */
export function guardOf(
  schema: RecordSchema,
  flags: EmitFlags & { readonly 'max-future': number },
): FutureGuard | undefined {
  if (flags['allowed-lateness'] === undefined) return undefined;
  return new FutureGuard(schema, flags['max-future'], Date.now);
}

/** Tells that records are dated by the clock, where their type names no time: of old records nobody means that. */
export function noteArrival({ name, time }: RecordSchema, warn: (sentence: string) => void): void {
  if (time !== undefined) return;
  warn(`${name} records name no event time: each takes the time at which it arrives (--time FIELD names one)`);
}
