import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshet } from './run-freshet.js';

const MB = 1024 * 1024;
let folder: string;
/** Large enough that three threads share it. */
let large: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-threads-'));
  large = join(folder, 'yt.ndjson');
  const made = await freshet(
    `produce yt --channels 500 --days 60 --per-day 92 --seed 3 --disorder 0.3 --disorder-by 40d --duplicates 0.01 --broken 0.0002 --to ${large}`.split(
      ' ',
    ),
  );
  expect(made.status).toBe(0);
  expect((await stat(large)).size).toBeGreaterThan(192 * MB);
});
afterAll(() => rm(folder, { recursive: true }));

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** What a run with so many threads writes, and says in the end. */
async function ran(threads: number, words: string[] = []) {
  const [rows, dead] = [`rows-${threads}.ndjson`, `dead-${threads}.ndjson`].map((name) => join(folder, name));
  const flags = ['--from', large, '--to', String(rows), '--dead', String(dead), '--log-format', 'json'];
  const { status, err } = await freshet(['aggregate', 'daily', '--threads', `${threads}`, ...flags, ...words]);
  const { seconds: _, ...summary } = JSON.parse(err.trim().split('\n').at(-1) ?? '');
  return { status, summary, rows: await digest(String(rows)), dead: await readFile(String(dead), 'utf8') };
}

describe('a large file', () => {
  it('gives the same rows, dead letters and counts, whatever threads read it', async () => {
    const alone = await ran(1);
    expect(alone).toMatchObject({ status: 0, summary: { rows: 30_000 } });
    expect(alone.dead).not.toBe('');
    expect(await ran(2)).toEqual(alone);
    expect(await ran(3)).toEqual(alone);
  });

  it('is filtered by all of them', async () => {
    const where = ['--where', "yt_channel_id like '%7'"];
    const alone = await ran(1, where);
    expect(alone).toMatchObject({ status: 0, summary: { rows: 3000 } });
    expect(await ran(3, where)).toEqual(alone);
  });
});
