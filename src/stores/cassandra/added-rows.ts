import { randomUUID } from 'node:crypto';
import type { SharedTopics } from '../../endpoints/endpoint.js';
import type { Batch } from '../../records/batch.js';
import type { BatchCells } from '../batch-cells.js';
import { namedUuid } from '../named-uuid.js';
import type { Outcome } from '../newer-only.js';
import { numbersInRecords } from '../rows-of-records.js';
import type { TablePlan } from '../table-plan.js';
import type { CassandraClient } from './client.js';
import type { ExistingTable } from './existing-table.js';
import { AddStatements } from './row-statements.js';

/**
 * Adds rows that have no key of their own: each under a random one, those of a group's topics under one that comes of
 * their place there, so that a row that is written again takes its own place.
 */
export class AddedRows {
  readonly statements: AddStatements;
  /** By topic: its id as bytes. */
  #topics: ReadonlyMap<string, Uint8Array> = new Map();

  constructor(plan: TablePlan, table: ExistingTable, keyspace: string) {
    this.statements = new AddStatements(plan, table, keyspace);
  }

  begin({ topicIds }: SharedTopics): void {
    this.#topics = new Map([...topicIds].map(([topic, id]) => [topic, Buffer.from(id, 'base64url')]));
  }

  /** What gives rows of a batch their keys. */
  keysOf({ origin, length }: Batch): (row: number) => string {
    const colon = origin?.unit === 'offset' ? origin.source.lastIndexOf(':') : -1;
    const topic = this.#topics.get(origin?.source.slice(0, colon) ?? '');
    if (origin === undefined || colon < 0 || topic === undefined) return () => randomUUID();
    const partition = origin.source.slice(colon + 1);
    const numbers = numbersInRecords(origin, length);
    return (row) => namedUuid(topic, `${partition}:${origin.ordinal(row)}:${numbers[row]}`);
  }

  /** @returns what adds a row: however often it is called, the row is there once */
  prepare(cells: BatchCells, row: number, key: string): (client: CassandraClient) => Promise<Outcome> {
    const statement = this.statements.add(cells, row, key);
    return async (client) => {
      await client.run(statement);
      return { applied: 1, stale: 0, tied: 0 };
    };
  }
}
