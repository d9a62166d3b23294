import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter } from '../../src/expressions/filter.js';
import { type Batch, selectedCount } from '../../src/records/batch.js';
import { UsageError } from '../../src/records/errors.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { UTC, type Zone, zoneOf } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'sample',
    fields: [
      { name: 'name', type: ['null', 'string'], default: null },
      { name: 'other', type: ['null', 'string'], default: null },
      {
        name: 'state',
        type: ['null', { type: 'enum', name: 'State', symbols: ['LOW', 'HIGH', 'BROKEN'] }],
        default: null,
      },
      { name: 'whole', type: ['null', 'int'], default: null },
      { name: 'id', type: ['null', 'long'], default: null },
      { name: 'level', type: ['null', 'double'], default: null },
      { name: 'ok', type: ['null', 'boolean'], default: null },
      { name: 'at', type: ['null', 'string'], default: null },
      { name: 'tags', type: ['null', { type: 'array', items: 'string' }], default: null },
      {
        name: 'stat',
        type: ['null', { type: 'record', name: 'Stat', fields: [{ name: 'user', type: 'long' }] }],
        default: null,
      },
    ],
    freshet: { time: 'at' },
  },
  'the test',
);
const PATHS = ['name', 'other', 'state', 'whole', 'id', 'level', 'ok', 'at', 'tags', 'stat.user'];

function batchOf(rows: readonly Row[], zone: Zone = UTC): Batch {
  return batchFromRows(schema, rows, { paths: PATHS, zone });
}

/** What an expression says of one record. */
function answer(text: string, row: Row, zone: Zone = UTC): boolean | null {
  const mask = compileFilter(text, schema, zone).mask(batchOf([row], zone));
  return [false, true, null][mask[0]] ?? null;
}

function problem(text: string): { message: string; next: string | undefined } {
  try {
    compileFilter(text, schema, UTC);
  } catch (error) {
    if (error instanceof UsageError) return { message: error.message.split('\n')[0], next: error.next };
    throw error;
  }
  return expect.fail(`${text} was taken`);
}

describe('comparisons', () => {
  test.each([
    ['whole > 5', { whole: 6 }, true],
    ['whole > 5', { whole: 5 }, false],
    ['5 < whole', { whole: 6 }, true],
    ['whole >= 5 and whole <= 5', { whole: 5 }, true],
    ['whole <> 5', { whole: 4 }, true],
    ['whole = null', { whole: 4 }, null],
    ['whole > 5', {}, null],
    ['level = 0.1 + 0.2', { level: 0.3 }, false],
    ['level = .3', { level: 0.3 }, true],
    ['level = -0.0', { level: 0 }, true],
    ['level > 1e308', { level: Number.NaN }, true],
    ['level = level', { level: Number.NaN }, true],
    ["name = 'x'", { name: 'x' }, true],
    ["name = 'X'", { name: 'x' }, false],
    ["name > 'é'", { name: '😀' }, true],
    ["name < '\uffee'", { name: '😀' }, false],
    ['name = other', { name: 'a', other: 'a' }, true],
    ['name < other', { name: 'a', other: 'b' }, true],
    ['name = other', { name: 'a' }, null],
    ["'x' = name", { name: 'x' }, true],
    ["'b' > 'a'", {}, true],
    ["state = 'LOW'", { state: 'LOW' }, true],
    ["state > 'LOW'", { state: 'BROKEN' }, true],
    ["state > 'HIGH'", { state: 'LOW' }, false],
    ['ok', { ok: true }, true],
    ['ok = false', { ok: false }, true],
    ['not ok', { ok: false }, true],
    ['not ok', {}, null],
    ['ok = (whole > 1)', { ok: true, whole: 2 }, true],
    ['null', {}, null],
    ['true', {}, true],
    ['stat.user = 7', { stat: { user: 7 } }, true],
    ['stat.user = 7', { stat: null }, null],
    ['`stat`."user" = 7', { stat: { user: 7 } }, true],
  ] as [string, Row, boolean | null][])('%s of %j', (text, row, expected) => {
    expect(answer(text, row)).toBe(expected);
  });
});

describe('integers beyond 2^53', () => {
  const big = 2n ** 53n + 1n;
  test.each([
    [`id = ${big}`, { id: big }, true],
    [`id = ${big - 1n}`, { id: big }, false],
    [`id > ${big - 1n}`, { id: big }, true],
    [`id <= ${big - 1n}`, { id: big }, false],
    ['id > 9007199254740992.0', { id: big }, true],
    ['id = 9007199254740992.0', { id: 2n ** 53n }, true],
    [`id > ${big}`, { id: 5 }, false],
    ['id < 9223372036854775807', { id: 2n ** 63n - 2n }, true],
    ['id >= -9223372036854775808', { id: -(2n ** 63n) }, true],
    [`id in (1, ${big})`, { id: big }, true],
    [`id in (1, ${big - 1n})`, { id: big }, false],
    ['id in (9007199254740992.0)', { id: 2n ** 53n }, true],
    [`id between ${big} and ${big}`, { id: big }, true],
    [`id + 1 = ${big + 1n}`, { id: big }, true],
    ['id - 9007199254740992 = 1', { id: big }, true],
    ['id % 2 = 1', { id: big }, true],
    ['whole * whole * whole * whole * whole * whole % 1000 = 1', { whole: 100_001 }, true],
    ['id * id > id', { id: 2n ** 62n }, true],
    ['-id = -9007199254740993', { id: big }, true],
    ['id > level', { id: big, level: 2 ** 53 }, true],
  ] as [string, Row, boolean | null][])('%s', (text, row, expected) => {
    expect(answer(text, row)).toBe(expected);
  });

  test('a column with large and small ones', () => {
    const filter = compileFilter(`id >= ${big}`, schema, UTC);
    const batch = batchOf([{ id: 1 }, { id: big }, { id: null }, { id: big - 1n }, { id: big + 1n }]);
    expect([...filter.mask(batch)]).toEqual([0, 1, 2, 0, 1]);
    const chosen = { ...batch, selection: Int32Array.of(0, 3, 4) };
    expect([...filter.mask(chosen)]).toEqual([0, 0, 1]);
  });
});

describe('arithmetic', () => {
  test.each([
    ['whole + 1 = 6', { whole: 5 }, true],
    ['whole / 2 = 2.5', { whole: 5 }, true],
    ['whole % 3 = 2', { whole: 5 }, true],
    ['whole % 3 = -2', { whole: -5 }, true],
    ['level % 1 = 0.5', { level: 2.5 }, true],
    ['whole / 0 is null', { whole: 5 }, true],
    ['whole % 0 is null', { whole: 5 }, true],
    ['level / 0 > 1', { level: 5 }, null],
    ['level * null > 1', { level: 5 }, undefined],
    ['whole + level > 7', { whole: 5 }, null],
    ['whole + level > 7', { whole: 5, level: 2.5 }, true],
    ['-whole + 2 * -3 = -11', { whole: 5 }, true],
    ['(whole + 1) is null', {}, true],
  ] as [string, Row, boolean | null | undefined][])('%s of %j', (text, row, expected) => {
    if (expected === undefined) expect(problem(text).message).toMatch(/only numbers can be computed with/);
    else expect(answer(text, row)).toBe(expected);
  });
});

describe('in, like, between, is null', () => {
  test.each([
    ["name in ('a', 'b')", { name: 'b' }, true],
    ["name not in ('a', 'b')", { name: 'b' }, false],
    ["name in ('a', null)", { name: 'b' }, null],
    ["name in ('a', null)", { name: 'a' }, true],
    ["name not in ('a', null)", { name: 'b' }, null],
    ["name in ('a')", {}, null],
    ['whole in (1, 2.0, 3)', { whole: 2 }, true],
    ['whole in (level, whole + 1)', { whole: 2, level: 2 }, true],
    ['name in (other)', { name: 'a', other: 'a' }, true],
    ['level in (1, 2)', { level: Number.NaN }, false],
    ["at in ('2017-08-02', '2017-08-03')", { at: '2017-08-02T00:00:00Z' }, true],
    ["name like 'new%'", { name: 'new york' }, true],
    ["name like '%york'", { name: 'new york' }, true],
    ["name like '%w y%'", { name: 'new york' }, true],
    ["name like 'n_w%o_k'", { name: 'new york' }, true],
    ["name like 'n_w'", { name: 'new york' }, false],
    ["name like '_'", { name: '😀' }, true],
    ["name like '%'", { name: '' }, true],
    ["name like ''", { name: '' }, true],
    ["name not like 'N%'", { name: 'new york' }, true],
    ["name like '100!%' escape '!'", { name: '100%' }, true],
    ["name like '100!%' escape '!'", { name: '1000' }, false],
    ["name like 'a%b%c'", { name: 'a\nb--bc' }, true],
    ["name like '.*'", { name: 'x' }, false],
    ["name like 'x'", {}, null],
    ["state like 'H%'", { state: 'HIGH' }, true],
    ["at like '2017-08%'", { at: '2017-08-02T00:00:00Z' }, true],
    ["'abc' like 'a%'", {}, true],
    ['whole between 1 and 3', { whole: 3 }, true],
    ['whole not between 1 and 3', { whole: 3 }, false],
    ['whole between 3 and 1', { whole: 2 }, false],
    ['whole between null and 1', { whole: 2 }, false],
    ['whole between null and 3', { whole: 2 }, null],
    ["name between 'a' and 'b'", { name: 'aa' }, true],
    ["at between '2017-08-02' and '2017-08-03'", { at: '2017-08-02T23:00:00' }, true],
    ['name is null', {}, true],
    ['name is not null', {}, false],
    ['(name = null) is null', { name: 'a' }, true],
    ['tags is null', {}, true],
    ['tags is not null', { tags: ['a'] }, true],
    ['stat.user is null', {}, true],
    ['1 is null or null is null', {}, true],
    ["'a' is null", {}, false],
    ['at is not null', { at: '2017-08-02' }, true],
  ] as [string, Row, boolean | null][])('%s of %j', (text, row, expected) => {
    expect(answer(text, row)).toBe(expected);
  });
});

describe('times', () => {
  const zone = zoneOf('Europe/Berlin');
  test.each([
    ["at >= '2017-08-02'", { at: '2017-08-02T00:00:00' }, true],
    ["at < '2017-08-02'", { at: '2017-08-02T00:00:00' }, false],
    ["at = '2017-08-02T02:00:00+02:00'", { at: '2017-08-02T00:00:00Z' }, true],
    ["'2017-08-02' <= at", { at: '2017-08-02T00:00:00' }, true],
    ["at > '2017-08-02'", {}, null],
    ["at > '2017-08-02T00:00:00.000000001Z'", { at: '2017-08-02T00:00:00.000000002Z' }, true],
    ["at > '2017-08-02T00:00:00.000000001Z'", { at: '2017-08-02T00:00:00.000000001Z' }, false],
    ["at >= '2017-08-02T00:00:00.000001Z'", { at: '2017-08-02T00:00:00.000000999Z' }, false],
    ['at = at', { at: '2017-08-02T00:00:00' }, true],
  ] as [string, Row, boolean | null][])('%s of %j', (text, row, expected) => {
    expect(answer(text, row)).toBe(expected);
  });

  test('a literal without an offset is a wall-clock time in the zone', () => {
    expect(answer("at = '2017-08-02T02:00:00'", { at: '2017-08-02T00:00:00Z' }, zone)).toBe(true);
    expect(answer("at = '2017-08-02'", { at: '2017-08-02' }, zone)).toBe(true);
  });

  test('a time that is a number compares with numbers of its unit and with texts', () => {
    const event = parseSchema(
      { type: 'record', name: 'event', fields: [{ name: 'ts', type: 'long' }], freshet: { time: 'ts' } },
      'the test',
    );
    const batch = batchFromRows(event, [{ ts: 1_501_632_000_000 }]);
    const says = (text: string): number => compileFilter(text, event, UTC).mask(batch)[0];
    expect(says("ts = '2017-08-02'")).toBe(1);
    expect(says('ts = 1501632000000')).toBe(1);
    expect(says('ts < 1501632000000')).toBe(0);
  });
});

describe('what does not fit is refused before any data is read', () => {
  test.each([
    ['whol > 5', 'there is no field whol in sample', 'Did you mean whole?'],
    ['stat.usr > 5', 'there is no field stat.usr in sample', 'Did you mean stat.user?'],
    ['user > 5', 'there is no field user in sample', 'Did you mean stat.user?'],
    ['name < 5', "name (a string) can't be compared with 5 (a number)", "Write a text in single quotes: '5'."],
    ["whole = '5'", "whole (an int) can't be compared with '5' (a text)", 'Write the number without quotes: 5.'],
    ['whole = ok', "whole (an int) can't be compared with ok (a boolean)", undefined],
    ['at > 5', "at (a time) can't be compared with 5 (a number)", "Write a time in single quotes: '2017-08-02'."],
    ["at > 'yesterday'", '"yesterday" is not a time such as 2017-08-02T02:00:00', undefined],
    ["at > '2017-02-30'", '2017-02-30 does not exist', undefined],
    ['at = name', "at (a time) can't be compared with name (a string)", undefined],
    ['name + 1 > 2', 'only numbers can be computed with, and name (a string) is none', undefined],
    ['whole', 'a condition is needed, and whole (an int) is none', undefined],
    ['name or ok', 'a condition is needed, and name (a string) is none', undefined],
    ["whole like '5'", '`like` compares texts, and whole (an int) is none', undefined],
    ["name like 'a!' escape '!'", 'the pattern ends with its escape character !', undefined],
    ["name like 'a!b' escape '!'", 'in the pattern the escape character ! must stand before %, _ or itself', undefined],
    ["tags = 'a'", "tags (an array) can't be compared with 'a' (a text)", undefined],
    ["state = 'HIHG'", "state is never 'HIHG'", "Did you mean 'HIGH'?"],
    ["state in ('LOW', 'NONE')", "state is never 'NONE'", 'Its values are LOW, HIGH, BROKEN.'],
    ['whole between 1 and name', "whole (an int) can't be compared with name (a string)", undefined],
  ])('%s', (text, message, next) => {
    expect(problem(text)).toEqual({ message, next });
  });

  test('an unquoted text is a field that does not exist', () => {
    const { message, next } = problem('name = new_york_times');
    expect(message).toBe('there is no field new_york_times in sample');
    expect(next).toMatch(/The fields are name, other, .* A text is written in single quotes: 'new_york_times'\./);
  });

  test('the caret stands under the field', () => {
    expect(() => compileFilter('ok and whol > 5', schema, UTC)).toThrow('  ok and whol > 5\n         ^');
  });
});

describe('filters', () => {
  const batch = batchOf(['a', 'b', 'a', null, 'c', 'a'].map((name, whole) => ({ name, whole })));

  test('keep the rows for which the condition is true', () => {
    const filter = compileFilter("name = 'a' and whole > 0", schema, UTC);
    expect(filter.reads).toEqual(['name', 'whole']);
    expect([...(filter.apply(batch).selection ?? [])]).toEqual([2, 5]);
    expect([...(compileFilter("not name = 'a'", schema, UTC).apply(batch).selection ?? [])]).toEqual([1, 4]);
  });

  test('respect what was selected before', () => {
    const chosen = { ...batch, selection: Int32Array.of(1, 2, 3) };
    expect([...(compileFilter("name = 'a'", schema, UTC).apply(chosen).selection ?? [])]).toEqual([2]);
    expect([...compileFilter("name = 'a'", schema, UTC).mask(chosen)]).toEqual([0, 1, 2]);
  });

  test('give the batch itself where every row passes, and an empty selection where none does', () => {
    expect(compileFilter('whole >= 0', schema, UTC).apply(batch)).toBe(batch);
    expect(selectedCount(compileFilter('whole < 0', schema, UTC).apply(batch))).toBe(0);
  });

  test('a dictionary that was emptied and filled anew is tested anew', () => {
    let texts = ['a', 'b'];
    const dictionary = {
      size: 2,
      generation: 0,
      bytes: (id: number) => Buffer.from(texts[id] ?? ''),
      text: (id: number) => texts[id] ?? '',
      intern: () => 0,
    };
    const one: Batch = {
      schema,
      length: 2,
      columns: new Map([['name', { kind: 'dictionary', ids: Int32Array.of(0, 1), dictionary }]]),
    };
    const filter = compileFilter("name = 'a'", schema, UTC);
    expect([...filter.mask(one)]).toEqual([1, 0]);
    texts = ['b', 'a'];
    dictionary.generation = 1;
    expect([...filter.mask(one)]).toEqual([0, 1]);
    texts = ['b', 'a', 'x', 'a'];
    dictionary.size = 4;
    const more = {
      ...one,
      columns: new Map([['name', { kind: 'dictionary' as const, ids: Int32Array.of(3, 2), dictionary }]]),
    };
    expect([...filter.mask(more)]).toEqual([1, 0]);
  });

  test('say of every row of a batch what they say of it alone, whatever is selected', () => {
    const row = fc.record({
      name: fc.option(fc.constantFrom('a', 'b', 'aab')),
      other: fc.option(fc.constantFrom('a', 'b')),
      whole: fc.option(fc.integer({ min: -3, max: 3 })),
      id: fc.option(fc.constantFrom<number | bigint>(0, 3, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 60n))),
      level: fc.option(fc.constantFrom(0.5, -1, 2 ** 53, Number.NaN)),
      ok: fc.option(fc.boolean()),
    });
    const atom = fc.constantFrom(
      "name = 'a'",
      'name < other',
      "name like 'a%b'",
      "other in ('b', null)",
      'whole > 1',
      'whole / whole = 1',
      'id >= level',
      'id + whole > 9007199254740992',
      'id in (3, 9007199254740993)',
      'level <= 0.5',
      'ok',
      'ok = (whole < 0)',
      'level is null',
      'whole % 2 = 1',
      'id is not null',
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 3 },
        atom,
        tie('expression').map((one) => `not (${one})`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) and (${b})`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) or (${b})`),
      ),
    }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        expression,
        fc.infiniteStream(fc.boolean()),
        (rows, text, coins) => {
          const filter = compileFilter(text, schema, UTC);
          const alone = rows.map((one) => compileFilter(text, schema, UTC).mask(batchOf([one]))[0]);
          const all = batchOf(rows);
          expect([...filter.mask(all)]).toEqual(alone);
          const selection = Int32Array.from([...rows.keys()].filter(() => coins.next().value));
          const expected = [...selection].filter((at) => alone[at] === 1);
          const passed = filter.apply({ ...all, selection });
          expect([...(passed.selection ?? [])]).toEqual(expected);
        },
      ),
    );
  });

  test('and, or and not are those of three-valued logic', () => {
    const value = { t: 'true', f: 'false', u: 'ok' };
    const says = (text: string): boolean | null => answer(text, {});
    const minimum = (a: number, b: number): number => Math.min(a, b);
    const rank = { t: 1, f: 0, u: 0.5 };
    const named = (one: number): boolean | null => (one === 0.5 ? null : one === 1);
    for (const a of ['t', 'f', 'u'] as const) {
      expect(says(`not ${value[a]}`)).toBe(named(1 - rank[a]));
      for (const b of ['t', 'f', 'u'] as const) {
        expect(says(`${value[a]} and ${value[b]}`)).toBe(named(minimum(rank[a], rank[b])));
        expect(says(`${value[a]} or ${value[b]}`)).toBe(named(Math.max(rank[a], rank[b])));
      }
    }
  });
});
