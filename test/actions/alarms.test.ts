import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alarms } from '../../src/actions/action.js';
import { type AlarmOptions, openAlarms } from '../../src/actions/open-alarms.js';
import { processTable } from '../../src/jobs/process-table.js';
import { end } from '../cli/run-freshet.js';
import { alertOf } from './alert.js';
import { HttpPeer } from './http-peer.js';

const MINUTE = 60_000;

let folder: string;
let file: string;
let told: string[];
let clock: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-alarms-'));
  file = join(folder, 'acted.ndjson');
  told = [];
  clock = Date.now();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run of a monitor whose action adds the alert to a file. */
function open(changes: Partial<AlarmOptions> = {}): Promise<Alarms> {
  return openAlarms({
    exec: [`cat >> ${file}`],
    cooldown: 0,
    actWithin: 5 * MINUTE,
    dryRun: false,
    monitor: 'ratio',
    tell: (sentence) => told.push(sentence),
    now: () => clock,
    stateFolder: folder,
    ...changes,
  });
}

const acted = (): string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        // The last one may be about to be written.
        .slice(0, -1)
        .map((line) => JSON.parse(line).id)
    : [];

/** Raises breaches of one run, and waits for what follows. */
async function run(alerts: readonly Parameters<typeof alertOf>[0][], changes: Partial<AlarmOptions> = {}) {
  const alarms = await open(changes);
  for (const alert of alerts) alarms.raise(alertOf({ end: clock, ...alert }));
  await alarms.settle();
}

describe('alarms', () => {
  it('act once for a breach', async () => {
    await run([{ id: 'a' }, { id: 'a' }, { id: 'b' }]);
    expect(acted()).toEqual(['a', 'b']);
    expect(told[0]).toBe(`exec cat >> ${file}: it ended well (the ratio 0.5 is over 0.3)`);
  });

  it('act once for a breach that is seen again after a restart', async () => {
    await run([{ id: 'a' }]);
    await run([{ id: 'a' }, { id: 'b' }]);
    expect(acted()).toEqual(['a', 'b']);
    expect(told).toContain(`exec cat >> ${file}: not done, as an earlier run did it for the same breach`);
    await run([{ id: 'a' }], { monitor: 'another' });
    expect(acted()).toEqual(['a', 'b', 'a']);
  });

  it('only report what is old, and say so once', async () => {
    await run([
      { id: 'a', end: clock - 5 * MINUTE },
      { id: 'b', end: 0 },
      { id: 'c', end: clock - 5 * MINUTE + 1 },
    ]);
    expect(acted()).toEqual(['c']);
    const sentence = 'a breach that ended more than 5m ago (--act-within) is only reported';
    expect(told.filter((one) => one.startsWith(sentence))).toEqual([sentence, `${sentence} (1 more)`]);
  });

  it('keep a cooldown for each group', async () => {
    const alerts = [
      { id: 'a', group: 'x' },
      { id: 'b', group: 'x' },
      { id: 'c', group: 'y' },
      { id: 'd', group: 'x' },
    ];
    await run(alerts, { cooldown: MINUTE });
    expect(acted()).toEqual(['a', 'c']);
    expect(told).toContain(`exec cat >> ${file}: not done, as it was done 0s ago (--cooldown)`);
    expect(told).toContain(`exec cat >> ${file}: not done, for the cooldown (1 more)`);
  });

  it('keep the cooldown over a restart, and leave what it passed over', async () => {
    await run([{ id: 'a' }, { id: 'b' }], { cooldown: MINUTE });
    clock += MINUTE - 1;
    await run([{ id: 'c' }], { cooldown: MINUTE });
    expect(acted()).toEqual(['a']);
    clock += MINUTE;
    await run([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], { cooldown: MINUTE });
    expect(acted()).toEqual(['a', 'd']);
  });

  it('try again after a restart what went wrong, without a cooldown', async () => {
    const exec = [`test -e ${folder}/ready && cat >> ${file}`];
    await run([{ id: 'a' }, { id: 'a' }], { exec, cooldown: MINUTE });
    expect(told).toEqual([`exec ${exec[0]} was not done: it ended with status 1 (the ratio 0.5 is over 0.3)`]);
    execFileSync('touch', [`${folder}/ready`]);
    await run([{ id: 'a' }], { exec, cooldown: MINUTE });
    expect(acted()).toEqual(['a']);
  });

  it('kill nothing that was started after the breach', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    try {
      const kill = { targets: [`pid:${child.pid}`], grace: 20_000 };
      const options = { kill, exec: [] };
      await run([{ id: 'a', end: Date.now() - MINUTE }], options);
      expect(told).toEqual([`kill pid:${child.pid}: not done, as the breach was over before the target started`]);
      expect(processTable.find(child.pid ?? 0)).toBeDefined();
      await run([{ id: 'b', end: Date.now() + 1000 }], options);
      expect(await end(child)).toMatchObject({ signal: 'SIGTERM' });
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('do nothing in a dry run, say what they would do, and forget it', async () => {
    const alerts = [{ id: 'a' }, { id: 'b' }];
    await run(alerts, { dryRun: true, cooldown: MINUTE });
    expect(acted()).toEqual([]);
    expect(told).toEqual([
      `dry run: would exec cat >> ${file}: the ratio 0.5 is over 0.3`,
      `exec cat >> ${file}: not done, as it was done 0s ago (--cooldown)`,
    ]);
    expect(readdirSync(folder)).toEqual([]);
    await run(alerts);
    expect(acted()).toEqual(['a', 'b']);
  });

  it('do not hold up who raises them, and one slow action holds up no other', async () => {
    const answers: (() => void)[] = [];
    const peer = await HttpPeer.open((response) => answers.push(() => response.end()));
    try {
      const alarms = await open({ webhook: [`${peer.url}/`] });
      alarms.raise(alertOf({ id: 'a', end: clock }));
      alarms.raise(alertOf({ id: 'b', end: clock }));
      const waited = async (holds: () => boolean): Promise<void> => {
        for (const until = Date.now() + 120_000; !holds() && Date.now() < until; )
          await new Promise((r) => setTimeout(r, 5));
      };
      await waited(() => acted().length === 2 && answers.length === 1);
      expect([acted(), answers.length]).toEqual([['a', 'b'], 1]);
      const settled = alarms.settle();
      answers[0]?.();
      await waited(() => answers.length === 2);
      answers[1]?.();
      await settled;
      expect(told.filter((one) => one.startsWith('webhook'))).toHaveLength(2);
    } finally {
      await peer.close();
    }
  });

  it('share what they did with other runs of the same monitor at the same time', async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => open()));
    const ids = Array.from({ length: 10 }, (_, at) => `alert ${at}`);
    for (const id of ids) for (const alarms of runs) alarms.raise(alertOf({ id, end: clock }));
    await Promise.all(runs.map((alarms) => alarms.settle()));
    expect(acted().sort()).toEqual(ids);
  });

  it('are taken over from a run that is gone by one of the others', async () => {
    await run([{ id: 'a' }]);
    const home = join(folder, 'acted', readdirSync(join(folder, 'acted'))[0] ?? '');
    const name = readdirSync(home)[0] ?? '';
    const deed = JSON.parse(readFileSync(join(home, name), 'utf8'));
    const begunBy = (by: unknown): string => JSON.stringify({ ...deed, done: false, by });
    const gone = { pid: deed.by.pid, started: 'long ago' };
    const takenFrom = ({ pid, started }: { pid: number; started: string }): string =>
      join(home, `.${name}.by-${pid}-${createHash('sha256').update(started).digest('hex').slice(0, 16)}`);
    writeFileSync(join(home, name), begunBy(gone));
    // Another one is just about to.
    writeFileSync(takenFrom(gone), begunBy(processTable.find(process.ppid)));
    await run([{ id: 'a' }]);
    expect(told.at(-1)).toContain('not done, as another run is at it for the same breach');
    // It was killed as it did.
    const alsoGone = { ...gone, started: 'not so long ago' };
    writeFileSync(takenFrom(gone), begunBy(alsoGone));
    await run([{ id: 'a' }]);
    expect(acted()).toEqual(['a', 'a']);
    expect(readdirSync(home)).toEqual([name]);
    expect(JSON.parse(readFileSync(join(home, name), 'utf8'))).toMatchObject({ done: true, by: deed.by });
  });

  it('act though it can not be remembered, and say so', async () => {
    const alarms = await open();
    rmSync(join(folder, 'acted'), { recursive: true });
    alarms.raise(alertOf({ id: 'a', end: clock }));
    await alarms.settle();
    expect(acted()).toEqual(['a']);
    expect(told[0]).toBe(
      "what was done can't be written down, and may be done again after a restart: there is no such file",
    );
  });

  it('forget what can not come again', async () => {
    const memory = (): number => readdirSync(join(folder, 'acted'), { recursive: true }).length - 1;
    await run([{ id: 'a' }, { id: 'b' }], { cooldown: 10 * MINUTE });
    expect(memory()).toBe(2);
    clock += 5 * MINUTE + 1;
    await run([], { cooldown: 10 * MINUTE });
    expect(memory()).toBe(1);
    clock += 5 * MINUTE;
    await run([], { cooldown: 10 * MINUTE });
    expect(memory()).toBe(0);
  });

  it('are refused before anything is done', async () => {
    await expect(open({ kill: { targets: ['pid:1'], grace: 0 } })).rejects.toThrow('is never stopped');
    await expect(open({ webhook: ['nowhere'] })).rejects.toThrow('--webhook: a URL');
    process.env.FRESHET_WEBHOOK_SECRET = 'hunter2';
    try {
      await expect(open({ webhook: ['http://localhost/'] })).rejects.toThrow('FRESHET_WEBHOOK_SECRET is no secret');
    } finally {
      delete process.env.FRESHET_WEBHOOK_SECRET;
    }
  });
});
