import { randomUUID } from 'node:crypto';
import type { SharedTopics, Sink } from '../endpoints/endpoint.js';
import { ServiceError } from '../records/errors.js';
import { batchFromRows } from '../records/row-batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row } from '../records/value.js';
import { namedUuid } from '../stores/named-uuid.js';
import type { DeadLetterSink } from './dead-letter-record.js';
import { loadSchema } from './schema-files.js';

const ID = 'id';

/** The type of the rows of a table of dead letters: letters with an id. */
export function deadLetterRows(): RecordSchema {
  const letter = loadSchema('dead_letter');
  return {
    ...letter,
    fields: [...letter.fields, { name: ID, type: { kind: 'string' }, nullable: false, nullBranch: 0 }],
    derived: { from: letter.name, primaryKey: [ID], freshness: ID, table: { name: letter.name, columns: {} } },
  };
}

/**
 * Dead letters as rows of a store's table. That of a record of a group's topics has an id that comes of where the record
 * stands, of the group, of the reason and of what is kept, since one record may hold several rows: when the record is
 * read once more, its letters are there already.
 */
export class DeadLetterTable implements DeadLetterSink {
  /** By topic: its id as bytes. */
  #topics: ReadonlyMap<string, Uint8Array> = new Map();

  /** @param sink of deadLetterRows() @param group undefined: each letter has an id of its own */
  constructor(
    readonly sink: Sink,
    readonly group: string | undefined,
  ) {}

  async begin({ topicIds }: SharedTopics): Promise<void> {
    this.#topics = new Map([...topicIds].map(([topic, id]) => [topic, Buffer.from(id, 'base64url')]));
  }

  async write(letters: readonly Row[]): Promise<void> {
    const rows = letters.map((letter) => ({ ...letter, [ID]: this.#idOf(letter) }));
    await this.sink.write(batchFromRows(this.sink.schema, rows));
    const [refused] = this.sink.takeRejected?.() ?? [];
    if (refused === undefined) return;
    throw new ServiceError(
      `${this.sink.name} can't keep a dead letter: ${refused.reason}`,
      'Have the table made anew, by another name behind the #, or keep dead letters in a file.',
    );
  }

  flush(): Promise<void> {
    return this.sink.flush();
  }

  close(): Promise<void> {
    return this.sink.close();
  }

  #idOf({ topic, partition, offset, reason, raw }: Row): string {
    const space = typeof topic === 'string' ? this.#topics.get(topic) : undefined;
    if (space === undefined || this.group === undefined) return randomUUID();
    return namedUuid(space, JSON.stringify([this.group, Number(partition), Number(offset), reason, raw]));
  }
}
