import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyIds } from '../../src/operators/key-ids.js';
import type { Batch } from '../../src/records/batch.js';
import { compareValues } from '../../src/records/compare.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { valueAt } from '../../src/records/rows.js';
import { fieldAt } from '../../src/records/schema.js';
import type { Row, Value } from '../../src/records/value.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'Reading',
    fields: [
      { name: 'node', type: ['null', 'string'] },
      { name: 'site', type: 'string' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['ON', 'OFF', 'BROKEN'] } },
      { name: 'count', type: ['long', 'null'] },
      { name: 'level', type: 'double' },
      { name: 'ok', type: ['null', 'boolean'] },
      { name: 'tag', type: 'bytes' },
      { name: 'at', type: 'string' },
    ],
    freshet: { time: 'at' },
  },
  'the test',
);
const PATHS = ['node', 'site', 'state', 'count', 'level', 'ok', 'tag', 'at'];

const text = fc.constantFrom('', 'a', 'aa', 'b', 'é', '\uffee', '😀', 'sensor-1', 'sensor-10', 'sensor-2');
const row: fc.Arbitrary<Row> = fc.record({
  node: fc.option(text),
  site: text,
  state: fc.constantFrom('ON', 'OFF', 'BROKEN'),
  count: fc.option(fc.constantFrom<Value>(0, -1, 7, 2 ** 40, -(2 ** 52) - 1, 2n ** 62n, 2n ** 62n + 1n, -(2n ** 63n))),
  level: fc.constantFrom(0, -0.5, 1e300, 3.25, Number.NaN, Number.POSITIVE_INFINITY),
  ok: fc.option(fc.boolean()),
  tag: fc.constantFrom(new Uint8Array(0), Uint8Array.of(1), Uint8Array.of(1, 255)),
  at: fc.constantFrom('2017-08-02T00:00:00Z', '2017-08-02T02:00:00+02:00', '2017-08-03', '1969-12-31T23:59:59.5'),
});
const batches = fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 6 });
const paths = fc.shuffledSubarray(PATHS);

/** The key of a row as text: two keys are the same where their texts are. */
function keyText(keys: readonly string[], one: Row): string {
  return keys.map((path) => `${typeof one[path]} ${String(one[path])}`).join('|');
}

const INSTANTS: Readonly<Record<string, number>> = {
  '1969-12-31T23:59:59.5': -500,
  '2017-08-02T00:00:00Z': 1_501_632_000_000,
  '2017-08-02T02:00:00+02:00': 1_501_632_000_000,
  '2017-08-03': 1_501_718_400_000,
};

/** 0 also where two times are the same instant, written differently: then any order will do. */
function compareRows(keys: readonly string[], a: Row, b: Row): number {
  for (const path of keys) {
    const field = fieldAt(schema, path);
    if (field === undefined) continue;
    if (path === 'at') {
      const [left, right] = [String(a.at), String(b.at)];
      if (left === right) continue;
      return (INSTANTS[left] ?? 0) - (INSTANTS[right] ?? 0);
    }
    const order = compareValues(field.type, field.nullable, a[path] ?? null, b[path] ?? null, field.nullBranch);
    if (order !== 0) return order;
  }
  return 0;
}

function assigned(keys: KeyIds, batch: Batch): number[] {
  return Array.from(keys.assign(batch).subarray(0, batch.selection?.length ?? batch.length));
}

describe('key ids', () => {
  test('rows have the same id if and only if their keys are the same, in whatever batch they come', () => {
    fc.assert(
      fc.property(batches, paths, (parts, by) => {
        const keys = new KeyIds(schema, by);
        const byText = new Map<string, number>();
        const byId = new Map<number, string>();
        for (const rows of parts) {
          for (const [at, id] of assigned(keys, batchFromRows(schema, rows)).entries()) {
            const key = keyText(by, rows[at] ?? {});
            expect(byText.get(key) ?? id).toBe(id);
            expect(byId.get(id) ?? key).toBe(key);
            expect(id).toBeLessThan(keys.size);
            byText.set(key, id);
            byId.set(id, key);
          }
        }
      }),
    );
  });

  test('ids give their keys back, ranked as compareValues() orders them, also after others were forgotten', () => {
    fc.assert(
      fc.property(batches, paths, fc.infiniteStream(fc.boolean()), fc.boolean(), (parts, by, keep, ranksFirst) => {
        const keys = new KeyIds(schema, by);
        let known = new Map<number, Row>();
        for (const rows of parts) {
          for (const [at, id] of assigned(keys, batchFromRows(schema, rows)).entries()) known.set(id, rows[at] ?? {});
        }
        if (ranksFirst) keys.ranksOf(Int32Array.from(known.keys()));
        const inUse = new Uint8Array(keys.size);
        for (const [id] of known) inUse[id] = keep.next().value ? 1 : 0;
        const renumbered = keys.retain(inUse);
        known = new Map([...known].filter(([id]) => inUse[id] === 1).map(([id, one]) => [renumbered[id] ?? -1, one]));
        for (const rows of parts.slice(0, 2)) {
          for (const [at, id] of assigned(keys, batchFromRows(schema, rows)).entries()) {
            if (known.has(id)) expect(keyText(by, known.get(id) ?? {})).toBe(keyText(by, rows[at] ?? {}));
            known.set(id, rows[at] ?? {});
          }
        }
        const ids = Int32Array.from(known.keys());
        const columns = keys.columns(ids);
        expect([...columns.keys()]).toEqual(by);
        const ranks = keys.ranksOf(ids);
        for (const [at, id] of ids.entries()) {
          const one = known.get(id) ?? {};
          for (const [path, column] of columns) expect(valueAt(column, at)).toEqual(one[path]);
          for (const [other, otherId] of ids.entries()) {
            const order = compareRows(by, one, known.get(otherId) ?? {});
            if (order === 0) continue;
            expect(Math.sign((ranks[at] ?? 0) - (ranks[other] ?? 0))).toBe(Math.sign(order));
            expect(Math.sign(keys.compare(id, otherId))).toBe(Math.sign(order));
          }
        }
      }),
    );
  });

  test('many keys are ranked as few are', () => {
    const keys = new KeyIds(schema, ['site', 'level']);
    const rows = Array.from({ length: 5000 }, (_, at) => ({
      site: `site-${(at * 7919) % 977}`,
      state: 'ON',
      level: (at * 31) % 17,
      tag: new Uint8Array(0),
      at: '2017-08-02',
    }));
    const ids = Int32Array.from(assigned(keys, batchFromRows(schema, rows)));
    const ranks = keys.ranksOf(ids);
    const few = ids.subarray(0, 40);
    const fewRanks = keys.ranksOf(few);
    for (let a = 0; a < few.length; a++) {
      for (let b = 0; b < few.length; b++) {
        const sign = Math.sign(compareRows(['site', 'level'], rows[a] ?? {}, rows[b] ?? {}));
        expect(Math.sign((ranks[a] ?? 0) - (ranks[b] ?? 0))).toBe(sign);
        expect(Math.sign((fewRanks[a] ?? 0) - (fewRanks[b] ?? 0))).toBe(sign);
      }
    }
  });

  test('only selected rows are numbered, by their place in the selection', () => {
    const rows = ['x', 'y', 'z'].map((site) => ({ site, state: 'ON', level: 0, tag: new Uint8Array(0), at: '2017' }));
    const batch = batchFromRows(schema, rows, { paths: ['site'] });
    const keys = new KeyIds(schema, ['site']);
    const ids = assigned(keys, { ...batch, selection: Int32Array.of(2) });
    expect(valueAt(keys.columns(Int32Array.from(ids)).get('site') ?? expect.fail(), 0)).toBe('z');
  });

  test('a dictionary that was emptied and filled anew gives the same keys the same ids', () => {
    const texts = [
      ['a', 'b'],
      ['b', 'a'],
    ];
    let generation = 0;
    const dictionary = {
      get size() {
        return 2;
      },
      get generation() {
        return generation;
      },
      bytes: (id: number) => new TextEncoder().encode(texts[generation]?.[id]),
      text: (id: number) => texts[generation]?.[id] ?? '',
      intern: () => 0,
    };
    const keys = new KeyIds(schema, ['site']);
    const batch: Batch = {
      schema,
      length: 2,
      columns: new Map([['site', { kind: 'dictionary', ids: Int32Array.of(0, 1), dictionary }]]),
    };
    const [a, b] = assigned(keys, batch);
    generation = 1;
    expect(assigned(keys, batch)).toEqual([b, a]);
  });

  test('with no fields there is one key', () => {
    const keys = new KeyIds(schema, []);
    expect(keys.size).toBe(1);
    expect([...keys.ranksOf(Int32Array.of(0))]).toEqual([0]);
    expect(keys.columns(Int32Array.of(0)).size).toBe(0);
  });
});
