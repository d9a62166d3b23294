import { randomUUID } from 'node:crypto';
import type { BatchCells } from '../batch-cells.js';
import type { Outcome } from '../newer-only.js';
import type { TablePlan } from '../table-plan.js';
import type { CassandraClient } from './client.js';
import type { ExistingTable } from './existing-table.js';
import { AddStatements } from './row-statements.js';

/** Adds rows that have no key of their own, each under a random one. */
export class AddedRows {
  readonly statements: AddStatements;

  constructor(plan: TablePlan, table: ExistingTable, keyspace: string) {
    this.statements = new AddStatements(plan, table, keyspace);
  }

  /** @returns what adds a row: however often it is called, the row is there once */
  prepare(cells: BatchCells, row: number): (client: CassandraClient) => Promise<Outcome> {
    const statement = this.statements.add(cells, row, randomUUID());
    return async (client) => {
      await client.run(statement);
      return { applied: 1, stale: 0, tied: 0 };
    };
  }
}
