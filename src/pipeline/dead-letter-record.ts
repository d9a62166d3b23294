import type { SharedTopics } from '../endpoints/endpoint.js';
import type { Envelope, RecordHeader } from '../records/batch.js';
import type { Row } from '../records/value.js';
import { bytesAsText } from './bytes-as-text.js';

/** A record that did not make it, as `--dead` keeps it. */
export interface DeadLetter {
  /** A sentence without a full stop. */
  readonly reason: string;
  readonly source: string;
  /** Where it stands in the source; absent of a row that a sink has refused. */
  readonly unit?: 'line' | 'record' | 'offset' | 'position';
  readonly ordinal?: number;
  /** The original bytes. */
  readonly raw: Uint8Array;
  /** What a topic's record had besides. */
  readonly envelope?: Envelope | undefined;
}

/** Where dead letters are kept. */
export interface DeadLetterSink {
  /** As Sink.begin() is. */
  begin?(shared: SharedTopics): Promise<void>;
  reset?(): Promise<void>;
  /** @param letters records of schemas/dead_letter.avsc */
  write(letters: readonly Row[]): Promise<void>;
  /** Resolves when what was written is safe. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A dead letter as a record of schemas/dead_letter.avsc. */
export function deadLetterRecord({ reason, source, unit, ordinal, envelope, raw }: DeadLetter): Row {
  const { key, headers = [] } = envelope ?? {};
  return {
    reason,
    source,
    ...placeOf(source, unit, ordinal),
    ...(key === undefined ? {} : bytesAsText('key', key)),
    ...(headers.length === 0 ? {} : { headers: headers.map(headerRecord) }),
    ...bytesAsText('raw', raw, unit === 'offset' && raw[0] === 0),
  };
}

/** An array, since a name may come several times. */
function headerRecord({ name, value }: RecordHeader): Row {
  return { name, ...(value === undefined ? {} : bytesAsText('value', value)) };
}

/** A record's place: of a topic's record its topic, partition and offset. */
function placeOf(source: string, unit: DeadLetter['unit'], ordinal: number | undefined): Row {
  if (unit === undefined || ordinal === undefined) return {};
  if (unit === 'line') return { line: ordinal };
  if (unit !== 'offset') return { [unit]: ordinal };
  return { ...partitionOfSource(source), offset: ordinal };
}

/** The topic and the partition that a source of records stands for: `TOPIC:PARTITION`. */
export function partitionOfSource(source: string): { topic: string; partition: number } {
  const colon = source.lastIndexOf(':');
  return { topic: source.slice(0, colon), partition: Number(source.slice(colon + 1)) };
}
