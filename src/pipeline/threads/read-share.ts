import { closeSync, openSync, readSync } from 'node:fs';
import { NdjsonDecoder } from '../../codecs/ndjson/decoder.js';
import { NdjsonEncoder } from '../../codecs/ndjson/encoder.js';
import { sentenceOf } from '../../endpoints/system-error.js';
import { compileFilter } from '../../expressions/filter.js';
import { RollupOperator } from '../../operators/rollup/rollup-operator.js';
import type { Batch } from '../../records/batch.js';
import { ServiceError } from '../../records/errors.js';
import { calendarOf } from '../../records/time/calendar.js';
import { zoneOf } from '../../records/time/zone.js';
import { PLENTY } from '../decoded-source.js';
import { RecordReaders } from '../record-readers.js';
import type { FileShare, SharedReject, ShareEnd } from './file-share.js';
import { lineStart } from './line-start.js';

const CHUNK = 256 * 1024;

/** Who hears of what a share holds. */
export interface ShareListener {
  /** Whether no more lines are wanted. */
  readonly stopped: boolean;
  /** Told how many more records fitted. */
  fitted(records: number): void;
  rejects(rejects: readonly SharedReject[]): void;
  rows(lines: Uint8Array): void;
}

/**
 * Finds the newest records of a share.
 * @throws ServiceError where the file can't be read
 */
export async function readShare(share: FileShare, listener: ShareListener): Promise<ShareEnd> {
  const { schema, period, where } = share;
  const zone = zoneOf(share.zone);
  const access = new RecordReaders(schema, zone, []);
  await access.load();
  const calendar = calendarOf(period, zone);
  const operator = new RollupOperator({ schema, calendar, emit: 'close', partitions: 1, access, now: Date.now });
  const filter = where === undefined ? undefined : compileFilter(where, schema, zone);
  const paths = [...new Set([...operator.reads, ...(filter?.reads ?? [])])];
  const projection = { paths, records: operator.readsRecords };
  // A byte-order mark stands at the front of a file only.
  const decoder = new NdjsonDecoder({ schema, projection, zone, source: share.path, partition: 0 }, true);
  const take = (batch: Batch): void => {
    const { length, rejects = [] } = batch;
    if (rejects.length > 0) listener.rejects(rejects.map(({ ordinal, raw }) => ({ line: ordinal, raw })));
    if (length > 0) operator.process(filter === undefined ? batch : filter.apply(batch));
    listener.fitted(length);
  };
  const at = scan(share, decoder, take, () => listener.stopped || operator.figures().states > share.mostStates);
  const lines = decoder.linesBefore;
  const encoder = new NdjsonEncoder({ schema });
  for (const rows of operator.flush('end')) listener.rows(encoder.encode(rows));
  return { at, lines };
}

/** Decodes the lines of a share, some at a time. @returns the byte where it stopped: a line begins there */
function scan(
  { path, from, to, step }: FileShare,
  decoder: NdjsonDecoder,
  take: (batch: Batch) => void,
  isEnough: () => boolean,
): number {
  const drain = (least: number): void => {
    for (let batch = decoder.next(least); batch !== undefined; batch = decoder.next(least)) take(batch);
  };
  try {
    const fd = openSync(path, 'r');
    try {
      let at = from;
      while (at < to && !isEnough()) {
        const until = Math.min(lineStart(fd, at + step) ?? Number.POSITIVE_INFINITY, to);
        while (at < until) {
          const space = decoder.space(CHUNK);
          const count = readSync(fd, space, 0, Math.min(CHUNK, space.length, until - at), at);
          if (count === 0) {
            decoder.end();
            drain(1);
            return Number.POSITIVE_INFINITY;
          }
          at += count;
          decoder.filled(count);
          drain(PLENTY);
        }
        drain(1);
      }
      return at;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ServiceError(`${path}: can't be read: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}
