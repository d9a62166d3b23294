import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { EXECUTABLE, ended } from './run-freshet.js';

const RECORD = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:00","subs":1}\n';
const ROW = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:00","year":"2017","subs":1}';
const END_OF_INPUT = '\u0004';
const INTERRUPT = '\u0003';

const hasTerminals = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
if (!hasTerminals) console.log('skipped: there is no `script` that gives programs a terminal');

/** Types keys at a terminal in which freshet runs; what it then shows. The line feed before each is the user's. */
async function type(keys: readonly string[]): Promise<{ out: string; status: number | null }> {
  const command = `'${process.execPath}' '${EXECUTABLE}' aggregate yearly`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: 'pipe' });
  let shown = '';
  child.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
  });
  const done = ended(child);
  for (const key of keys) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.stdin.write(key);
  }
  const { status } = await done;
  child.stdin.end();
  return { out: shown.replaceAll('\r', ''), status };
}

describe.skipIf(!hasTerminals)('records that are typed', () => {
  it('are read until ctrl-D', async () => {
    const { out, status } = await type([RECORD, END_OF_INPUT]);
    expect(status).toBe(0);
    expect(out).toContain(ROW);
  });

  it('give their rows when ctrl-C ends it, at once', async () => {
    const begun = performance.now();
    const { out, status } = await type([RECORD, INTERRUPT]);
    expect(status).toBe(130);
    expect(out).toContain(ROW);
    // Not after --drain, which is for pipes: 10 s.
    expect(performance.now() - begun).toBeLessThan(9000);
  });
});
