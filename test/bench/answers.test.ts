import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const { demandEqual, readAnswer } = await import(new URL('../../bench/answers.mjs', import.meta.url).href);

const folder = mkdtempSync(join(tmpdir(), 'freshet-answers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = [
  { yt_channel_id: 'a', harvest_ts: '2017-08-01T03:00:00', date: '2017-08-01', subs: 1 },
  { yt_channel_id: 'a', harvest_ts: '2017-08-02T03:00:00', date: '2017-08-02', subs: 2 },
  { yt_channel_id: 'é"\n', harvest_ts: '2017-08-01T04:00:00', date: '2017-08-01', subs: 3 },
];

function answer(name: string, rows: readonly object[], text = (row: object) => JSON.stringify(row)): Promise<object> {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => `${text(row)}\n`).join(''));
  return readAnswer(path);
}

describe('the answers of two programs', () => {
  test('are equal in any order of rows and fields, and however strings are escaped', async () => {
    const one = await answer('one', ROWS);
    const ascii = (row: object): string => {
      const turned = Object.fromEntries(Object.entries(row).reverse());
      return JSON.stringify(turned).replaceAll('é', '\\u00e9').replaceAll('":', '" : ');
    };
    const other = await answer('other', ROWS.toReversed(), ascii);
    await expect(demandEqual(one, other, ['A', 'B'])).resolves.toBeUndefined();
    expect(other).toMatchObject({ rows: 3, keyBytes: 1 + 4 });
  });

  test('are not when one value differs, and the rows are shown', async () => {
    const one = await answer('one', ROWS);
    const other = await answer('other', [{ ...ROWS[0], subs: 9 }, ROWS[1], ROWS[2]]);
    await expect(demandEqual(one, other, ['A', 'B'])).rejects.toThrow(
      /only A: a \| 2017-08-01 \| 2017-08-01T03:00:00 \| 1\nonly B: a \| 2017-08-01 \| 2017-08-01T03:00:00 \| 9/,
    );
  });

  test('are not when a row is given twice or is missing', async () => {
    const one = await answer('one', ROWS);
    const twice = await answer('twice', [...ROWS, ROWS[0]]);
    const missing = await answer('missing', ROWS.slice(1));
    await expect(demandEqual(one, twice, ['A', 'B'])).rejects.toThrow('A gives 3 rows and B 4');
    await expect(demandEqual(one, missing, ['A', 'B'])).rejects.toThrow('A gives 3 rows and B 2');
  });

  test('must be rows of JSON', async () => {
    await expect(answer('broken', ROWS, () => '{"yt_channel_id":')).rejects.toThrow(/broken:1 is no row of JSON/);
  });
});
