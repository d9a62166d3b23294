import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveRollup, deriveWindow } from '../../src/records/derive.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { fieldAt, type RecordSchema } from '../../src/records/schema.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import type { Store } from '../../src/stores/store.js';
import { DAILY, sortedRows } from './store-model.js';

export interface DeleteTraits {
  /** Whether a key may be an empty text. */
  readonly emptyKeys?: boolean;
  /** How many rows are many. */
  readonly most?: number;
}

/** What every store must do whose sinks can delete rows: see Sink.delete() in endpoints/endpoint.ts. */
export function deleteConformance(
  name: string,
  store: Store,
  fresh: () => Promise<string>,
  { emptyKeys = true, most = 25_000 }: DeleteTraits = {},
): void {
  describe(`${name} deletes the rows of keys`, () => {
    /** Writes rows and deletes keys in turn. @returns how many rows each delete has found */
    const run = async (address: string, schema: RecordSchema, steps: readonly Step[]): Promise<number[]> => {
      const sink = await store.sink(address, { schema, create: true, zone: UTC });
      const paths = schema.derived?.primaryKey ?? schema.key;
      const deleted: number[] = [];
      for (const { rows, keys } of steps) {
        if (rows !== undefined) await sink.write(batchFromRows(schema, rows));
        if (keys !== undefined) deleted.push((await sink.delete?.(batchFromRows(schema, keys, { paths }))) ?? -1);
      }
      await sink.close();
      return deleted;
    };

    const read = async (address: string, schema: RecordSchema): Promise<Row[]> => {
      const table = schema.derived?.table.name ?? schema.name.toLowerCase();
      const source = await store.source(address, { schema, table, zone: UTC });
      const rows: Row[] = [];
      for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
        if (batch === 'wait') await source.ready();
        else rows.push(...rowsOf(batch));
      }
      await source.close();
      return sortedRows(rows);
    };

    const channel = fc.constantFrom('a', 'A', 'a ', 'é', 'e\u0301', emptyKeys ? '' : ' ', 'x\0y', 'o\'"\\');
    const key = fc.record({ channel, day: fc.integer({ min: 1, max: 2 }) });
    const row = fc.record({ channel, day: fc.integer({ min: 1, max: 2 }), hour: fc.integer({ min: 0, max: 9 }) });
    const step = fc.oneof(
      fc.record({ write: fc.uniqueArray(row, { maxLength: 8, selector: (one) => keyText(one) }) }),
      fc.record({ remove: fc.array(key, { maxLength: 8 }) }),
    );

    it('as a map does: newer rows win until a key is deleted, and afterwards any row is new', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          const address = await fresh();
          const model = new Map<string, Day>();
          const found: number[] = [];
          for (const one of steps) {
            if ('write' in one) {
              for (const day of one.write) {
                if ((model.get(keyText(day))?.hour ?? -1) < day.hour) model.set(keyText(day), day);
              }
            } else found.push(one.remove.filter((gone) => model.delete(keyText(gone))).length);
          }
          const deleted = await run(
            address,
            DAILY,
            steps.map((one) => ('write' in one ? { rows: one.write.map(rowOf) } : { keys: one.remove.map(keyOf) })),
          );
          expect(deleted).toEqual(found);
          expect(await read(address, DAILY)).toEqual(sortedRows([...model.values()].map(rowOf)));
        }),
        { numRuns: 40 },
      );
    });

    it('whatever kinds of fields the key has, null among them', async () => {
      const address = await fresh();
      const rows: Row[] = [
        { id: 2n ** 62n, flag: true, bytes: Uint8Array.of(0, 255), at: 1 },
        { id: 2n ** 62n + 1n, flag: true, bytes: Uint8Array.of(0, 255), at: 1 },
        { id: 2n ** 62n, flag: null, bytes: Uint8Array.of(0, 255), at: 1 },
        { id: 2n ** 62n, flag: true, bytes: new Uint8Array(0), at: 1 },
      ];
      const keys = rows.slice(0, 3).map(({ at, ...rest }) => rest);
      expect(await run(address, KINDS, [{ rows }, { keys: [keys[0] ?? {}, keys[2] ?? {}] }])).toEqual([2]);
      expect(await read(address, KINDS)).toEqual(sortedRows([rows[1] ?? {}, rows[3] ?? {}]));
    });

    it('of windows by group and window', async () => {
      const group = fieldAt(DAILY, 'note');
      if (group === undefined) throw new Error('no field note');
      const windows = deriveWindow(DAILY, [group], [], true);
      const window = (note: string | null, minute: number): Row => ({
        note,
        window_start: `2017-08-02T00:0${minute}:00Z`,
        window_end: `2017-08-02T00:0${minute + 1}:00Z`,
        records: 1,
      });
      const address = await fresh();
      const rows = [window(null, 1), window('', 1), window('x', 1), window(null, 2)];
      const keys = [window(null, 1), window('x', 1)];
      expect(await run(address, windows, [{ rows }, { keys }])).toEqual([2]);
      expect(await read(address, windows)).toEqual(sortedRows([window('', 1), window(null, 2)]));
    });

    it('of a raw type all of a key’s records, whatever their times', async () => {
      const address = await fresh();
      const rows = [1, 2, 3].flatMap((at) => ['a', 'b'].map((node) => ({ meta: { node, at }, value: at })));
      expect(await run(address, NESTED, [{ rows }, { keys: [{ 'meta.node': 'a' }] }])).toEqual([3]);
      expect(await read(address, NESTED)).toEqual(sortedRows(rows.filter(({ meta }) => meta.node === 'b')));
    });

    it('in portions, when there are many', async () => {
      const address = await fresh();
      const schema = deriveRollup(NESTED, 'daily');
      const rows = Array.from({ length: most }, (_, at) => ({
        meta: { node: `n${at}`, at: 0 },
        value: at,
        date: '1970-01-01',
      }));
      const keys = rows.slice(1).map(({ meta, date }) => ({ 'meta.node': meta.node, date }));
      expect(await run(address, schema, [{ rows }, { keys }, { keys }])).toEqual([most - 1, 0]);
      expect(await read(address, schema)).toEqual(rows.slice(0, 1));
    });
  });
}

interface Step {
  readonly rows?: readonly Row[];
  readonly keys?: readonly Row[];
}

interface Day {
  readonly channel: string;
  readonly day: number;
  readonly hour: number;
}

function keyText({ channel, day }: Pick<Day, 'channel' | 'day'>): string {
  return JSON.stringify([channel, day]);
}

function keyOf({ channel, day }: Pick<Day, 'channel' | 'day'>): Row {
  return { yt_channel_id: channel, date: `2017-08-0${day}` };
}

function rowOf({ hour, ...key }: Day): Row {
  return { ...keyOf(key), harvest_ts: `2017-08-0${key.day}T0${hour}:00:00`, subs: hour, note: null };
}

const KINDS = parseSchema(
  {
    type: 'record',
    name: 'kinds',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'flag', type: ['null', 'boolean'] },
      { name: 'bytes', type: 'bytes' },
      { name: 'at', type: 'long' },
    ],
    freshet: { key: ['id', 'flag', 'bytes'], time: 'at' },
  },
  'KINDS',
);

const NESTED = parseSchema(
  {
    type: 'record',
    name: 'nested',
    fields: [
      {
        name: 'meta',
        type: {
          type: 'record',
          name: 'meta',
          fields: [
            { name: 'node', type: 'string' },
            { name: 'at', type: 'long' },
          ],
        },
      },
      { name: 'value', type: 'double' },
    ],
    freshet: { key: 'meta.node', time: 'meta.at' },
  },
  'NESTED',
);
