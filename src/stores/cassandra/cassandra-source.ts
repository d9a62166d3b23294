import type { Batch } from '../../records/batch.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import { noTableToRead } from '../check-table.js';
import { readColumns, tableToRead } from '../read-columns.js';
import type { StoreSource, StoreSourceOptions } from '../store.js';
import { StoredBatches } from '../stored-batches.js';
import { KEY_SUFFIX } from '../table-plan.js';
import { type CassandraAddress, parseAddress } from './address.js';
import { cassandraError } from './cassandra-errors.js';
import type { CassandraClient } from './client.js';
import { columnForm, typeOf } from './column-form.js';
import { quoteName } from './cql-text.js';
import { tableIn } from './create-table.js';
import { type ExistingColumn, type ExistingTable, existingTable, keyOf, ROW_ID, tableNames } from './existing-table.js';
import { openKeyspace } from './keyspace.js';
import { openAtStart } from './open-at-start.js';
import { ReadPages } from './read-pages.js';

/** A table as a stream of rows: each as it is when it is read. */
export class CassandraSource implements StoreSource {
  readonly name: string;
  readonly finite = true;
  readonly #batches: StoredBatches;
  readonly #pages: ReadPages;
  #stopped = false;

  private constructor(
    readonly client: CassandraClient,
    readonly address: CassandraAddress,
    table: ExistingTable,
    readonly schema: RecordSchema,
    options: StoreSourceOptions,
  ) {
    this.name = `${address.shown}#${table.name}`;
    const columns = readColumns(schema, table, address.shown);
    const read = columns.flatMap(({ field, name }) => {
      const found = table.columns.find((one) => one.name === name);
      return found === undefined ? [] : [{ field, found }];
    });
    this.#batches = new StoredBatches(this.name, schema, columns, options);
    // Of a table without a column of the schema the rows are counted all the same.
    const [first] = keyOf(table);
    const wanted = read.length === 0 ? [quoteName(first.name)] : read.map(({ found }) => selectOf(found));
    const forms = read.map(({ field, found }) => columnForm(field, found.declared));
    const query = `SELECT ${wanted.join(', ')} FROM ${tableIn(address.keyspace, table.name)}`;
    this.#pages = new ReadPages(client, query, forms.length === 0 ? [{ read: () => null }] : forms);
  }

  static async open(text: string, options: StoreSourceOptions): Promise<CassandraSource> {
    const address = parseAddress(text);
    const client = await openAtStart(address);
    try {
      const table = await findTable(client, address, options.table);
      return new CassandraSource(client, address, table, options.schema ?? schemaOf(table), options);
    } catch (error) {
      await client.close();
      throw cassandraError(error, address, 'open');
    }
  }

  ready(): Promise<void> | undefined {
    return this.#stopped ? undefined : this.#pages.ready();
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#stopped) return 'end';
    try {
      const page = this.#pages.take();
      return typeof page === 'string' ? page : this.#batches.batch(page);
    } catch (error) {
      throw cassandraError(error, this.address, 'use');
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** What reads a column: types that have no value of their own here come as text. */
function selectOf({ name, declared }: ExistingColumn): string {
  const { sql } = typeOf(declared);
  if (sql === 'json') return `toJson(${quoteName(name)})`;
  return sql === 'text' && declared !== 'decimal' && declared !== 'varint'
    ? `CAST(${quoteName(name)} AS text)`
    : quoteName(name);
}

/** The type of a table's rows as its columns tell it. */
function schemaOf(table: ExistingTable): RecordSchema {
  const key = keyOf(table).map(({ name }) => name);
  const names = new Set(table.columns.map(({ name }) => name));
  const isStandIn = (name: string): boolean =>
    key.includes(name) && name.endsWith(KEY_SUFFIX) && names.has(name.slice(0, -KEY_SUFFIX.length));
  const fields = table.columns
    .filter(({ name }) => name !== ROW_ID && !isStandIn(name))
    .map(({ name, declared }): Field => {
      return { name, type: { kind: typeOf(declared).kind }, nullable: !key.includes(name), nullBranch: 0 };
    });
  return {
    name: table.name,
    fields,
    key: key.filter((name) => fields.some((field) => field.name === name)),
    tables: {},
  };
}

async function findTable(
  client: CassandraClient,
  address: CassandraAddress,
  name: string | undefined,
): Promise<ExistingTable> {
  const { shown, keyspace } = address;
  await openKeyspace(client, address, false);
  const names = await tableNames(client, keyspace);
  const wanted = tableToRead(names, name, shown, shown);
  const found = await existingTable(client, keyspace, wanted);
  if (found === undefined) throw noTableToRead(shown, wanted, names);
  return found;
}
