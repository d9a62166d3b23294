import type { ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { end, freshet, inFolder, rowsOf, start, until } from './run-freshet.js';

/** A stage that is written to and read from while it runs. */
class LiveStage {
  readonly child: ChildProcess;
  #out = '';

  constructor(args: readonly string[], cwd?: string) {
    this.child = start(args, { cwd });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#out += chunk;
    });
  }

  get rows(): Record<string, unknown>[] {
    return rowsOf(this.#out.slice(0, this.#out.lastIndexOf('\n') + 1));
  }

  write(record: object): void {
    this.child.stdin?.write(`${JSON.stringify(record)}\n`);
  }

  /** Waits for the row with this number, counted from 1. */
  async row(number: number): Promise<Record<string, unknown> | undefined> {
    await until(`row ${number}`, () => this.rows.length >= number);
    return this.rows[number - 1];
  }

  async close(): Promise<number | null> {
    this.child.stdin?.end();
    return (await end(this.child)).status;
  }
}

const yt = (harvest_ts: string, subs: number): object => ({ yt_channel_id: 'a', harvest_ts, subs });

/*
 * Nothing here closes standard input before it has seen the row: a stage that waits for more, or for the end, fails.
 */
describe('a live pipe', () => {
  const stages: LiveStage[] = [];
  const live = (args: readonly string[], cwd?: string): LiveStage => {
    const stage = new LiveStage(args, cwd);
    stages.push(stage);
    return stage;
  };

  afterEach(() => {
    for (const { child } of stages.splice(0)) child.kill('SIGKILL');
  });

  it('with --every 0 a line in is an updated row out', async () => {
    const stage = live(['aggregate', 'daily', '--every', '0']);
    for (let n = 1; n <= 20; n++) {
      stage.write(yt(`2017-08-02T02:00:${String(n).padStart(2, '0')}`, n));
      expect(await stage.row(n)).toMatchObject({ date: '2017-08-02', subs: n });
    }
    expect(await stage.close()).toBe(0);
    expect(stage.rows).toHaveLength(20);
  });

  it('an older record is no row', async () => {
    const stage = live(['aggregate', 'daily', '--every', '0']);
    stage.write(yt('2017-08-02T12:00:00', 2));
    await stage.row(1);
    stage.write(yt('2017-08-02T11:00:00', 1));
    stage.write(yt('2017-08-02T13:00:00', 3));
    expect(await stage.row(2)).toMatchObject({ subs: 3 });
    expect(await stage.close()).toBe(0);
    expect(stage.rows).toHaveLength(2);
  });

  it('without flags a row comes by itself', async () => {
    const stage = live(['aggregate', 'daily']);
    stage.write(yt('2017-08-02T12:00:00', 2));
    expect(await stage.row(1)).toMatchObject({ subs: 2 });
    expect(await stage.close()).toBe(0);
    expect(stage.rows).toHaveLength(1);
  });

  it('two stages hand on', async () => {
    const monthly = live(['aggregate', 'monthly', '--every', '0']);
    const daily = live(['aggregate', 'daily', '--every', '0']);
    daily.child.stdout?.on('data', (chunk) => monthly.child.stdin?.write(chunk));
    daily.write(yt('2017-08-02T12:00:00', 2));
    expect(await monthly.row(1)).toMatchObject({ month: '2017-08', subs: 2 });
    daily.write(yt('2017-08-03T12:00:00', 3));
    expect(await monthly.row(2)).toMatchObject({ month: '2017-08', subs: 3 });
    expect([await daily.close(), await monthly.close()]).toEqual([0, 0]);
  });

  it('windows are updated as their records come', async () => {
    const select = ['--select', 'avg(temperature)', '--by', 'node_name', '--size', '60s', '--slide', '30s'];
    const stage = live(['aggregate', 'window', '--schema', 'sensor', '--every', '0', ...select]);
    stage.write({ node_name: 'a', temperature: 20, timestamp: '2024-05-01T12:00:40Z' });
    await stage.row(2);
    expect(stage.rows.map(({ window_start }) => window_start)).toEqual([
      '2024-05-01T12:00:00Z',
      '2024-05-01T12:00:30Z',
    ]);
    stage.write({ node_name: 'a', temperature: 30, timestamp: '2024-05-01T12:01:10Z' });
    await stage.row(4);
    expect(stage.rows[2]).toMatchObject({ window_start: '2024-05-01T12:00:30Z', avg_temperature: 25, records: 2 });
    expect(await stage.close()).toBe(0);
  });

  it('a transformation hands every record on at once', async () => {
    const stage = live(['transform', 'parity']);
    stage.write({ a: 1, b: 2 });
    expect(await stage.row(1)).toEqual({ outcome: 0 });
    stage.write({ a: 2, b: 2 });
    expect(await stage.row(2)).toEqual({ outcome: 1 });
    expect(await stage.close()).toBe(0);
  });

  it('a record in two writes is one record', async () => {
    const stage = live(['aggregate', 'daily', '--every', '0']);
    stage.write(yt('2017-08-02T12:00:00', 1));
    await stage.row(1);
    const line = `${JSON.stringify(yt('2017-08-02T13:00:00', 2))}\n`;
    stage.child.stdin?.write(line.slice(0, 30));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stage.rows).toHaveLength(1);
    stage.child.stdin?.write(line.slice(30));
    expect(await stage.row(2)).toMatchObject({ subs: 2 });
    expect(await stage.close()).toBe(0);
  });

  it('a store holds the row while its input goes on', () =>
    inFolder(async (cwd) => {
      const stage = live(['store', 'daily', '--log-format', 'json'], cwd);
      stage.write({ ...yt('2017-08-02T12:00:00', 2), date: '2017-08-02' });
      const stored = async (): Promise<string> =>
        (await freshet(['report', '--once', '--format', 'csv', '--from', 'sqlite:freshet.db'], '', { cwd })).out;
      let table = '';
      for (let tries = 0; tries < 50 && !table.includes('\na,'); tries++) table = await stored();
      expect(table).toBe('channel,harvest_ts,date,subs\na,2017-08-02T12:00:00,2017-08-02,2\n');
      expect(await stage.close()).toBe(0);
    }));
});
