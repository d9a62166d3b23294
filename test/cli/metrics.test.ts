import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { makeTopic } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { end, ended, freshet, inFolder, start, until } from './run-freshet.js';
import { post, takingEvents } from './taking-events.js';

const brokers = String(await service(kafka));

/** Where a run serves its figures. */
async function figuresOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const url = (): string | undefined => /figures are at (http:\S+)/.exec(said)?.[1];
  await until('the address', () => url() !== undefined);
  return String(url());
}

/** A scrape: values by name and labels. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** Scrapes until `holds` does. */
async function scrapedUntil(
  url: string,
  holds: (values: Map<string, number>) => boolean,
): Promise<Map<string, number>> {
  for (const began = Date.now(); ; ) {
    const values = await scrape(url);
    if (holds(values)) return values;
    if (Date.now() - began > 120_000) throw new Error(`waited in vain: ${JSON.stringify([...values])}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const SERVED = ['--metrics', '127.0.0.1:0'];

describe('--metrics', () => {
  it('tells records, rows, late and dead ones, and how far event time has come', async () => {
    const args = ['aggregate', 'window', '--schema', 'sensor', '--size', '60s', '--select', 'count() as n'];
    const child = start([...args, '--allowed-lateness', '0s', '--max-future', '9999d', '--every', '0', ...SERVED]);
    const url = await figuresOf(child);
    const reading = (time: string): string => `{"node_name":"n","temperature":1,"timestamp":"${time}"}\n`;
    child.stdin?.write(
      reading('2017-08-01T00:00:00Z') + reading('2017-08-01T00:05:00Z') + reading('2017-08-01T00:01:00Z'),
    );
    child.stdin?.write('{}\n');
    const values = await scrapedUntil(url, (got) => got.get('freshet_records_total') === 4);
    expect(Object.fromEntries(values)).toMatchObject({
      freshet_late_total: 1,
      freshet_dead_total: 1,
      freshet_watermark_seconds: Date.parse('2017-08-01T00:05:00Z') / 1000,
    });
    expect(values.get('freshet_watermark_delay_seconds')).toBeGreaterThan(86_400);
    expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect((await fetch(url.replace('/metrics', '/healthz'))).status).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    const open = await fetch(url, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await open.text()).toMatch(/# TYPE freshet_records counter\nfreshet_records_total 4\n.*\n# EOF\n$/s);
    child.stdin?.end();
    expect((await ended(child)).status).toBe(0);
  });

  it('tells what stores and HTTP have done', () =>
    inFolder(async (cwd) => {
      const events = await takingEvents(['--to', 'sqlite:events.db', ...SERVED], { cwd });
      const url = await figuresAt(events.said);
      const event = '{"event_type":"a","timestamp":5000}';
      await post(events.url, event);
      await post(events.url, event);
      await post(events.url, '{}');
      const values = await scrapedUntil(url, (got) => got.get('freshet_http_requests_total{code="400"}') === 1);
      expect(Object.fromEntries(values)).toMatchObject({
        freshet_records_total: 2,
        freshet_applied_total: 1,
        freshet_tied_total: 1,
        freshet_watermark_seconds: 5,
        'freshet_http_requests_total{code="202"}': 2,
      });
      await events.stop();
    }));

  it('says why it can not listen, before anything is written', async () => {
    const events = await takingEvents([]);
    const { host } = new URL(events.url);
    const taken = await freshet(['produce', 'yt', '--days', '1', '--metrics', host]);
    expect([taken.out, taken.status, taken.err]).toEqual(['', 4, expect.stringContaining(`can't listen at ${host}`)]);
    expect((await freshet(['produce', 'yt', '--metrics', 'here'])).status).toBe(2);
    await events.stop();
  });
});

describe.skipIf(brokers === 'undefined')('--metrics of a run on topics', () => {
  it('tells how many records of each partition have not been read', async () => {
    const env = { ...process.env, KAFKA_BROKERS: brokers };
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    // Of one node: of one key, and in one partition.
    const written = async (count: number): Promise<void> => {
      const args = ['produce', 'sensors', '--nodes', '1', '--count', String(count), '--to', `kafka:${topic}`];
      expect((await freshet(args, '', { env })).status).toBe(0);
    };
    await written(10);
    const child = start(['store', 'raw', '--schema', 'sensor', '--from', `kafka:${topic}`, '--to', '-', ...SERVED], {
      env,
    });
    const url = await figuresOf(child);
    const lags = (values: Map<string, number>): number[] =>
      [0, 1].flatMap((n) => values.get(`freshet_lag_records{topic="${topic}",partition="${n}"}`) ?? []).sort();
    const read = await scrapedUntil(url, (got) => got.get('freshet_records_total') === 10);
    expect(lags(read)).toEqual([0, 0]);
    // Nobody reads its output: it stops where the pipe is full.
    await written(200_000);
    const behind = await scrapedUntil(url, (got) => (lags(got)[1] ?? 0) > 50_000);
    expect(lags(behind)[0]).toBe(0);
    child.stdout?.resume();
    const done = await scrapedUntil(url, (got) => got.get('freshet_records_total') === 200_010);
    expect(lags(await scrapedUntil(url, (got) => lags(got)[1] === 0))).toEqual([0, 0]);
    expect(done.get('freshet_watermark_seconds')).toBeGreaterThan(1_501_545_600);
    child.kill('SIGTERM');
    expect((await end(child)).status).toBe(143);
  });
});

async function figuresAt(said: () => string): Promise<string> {
  const url = (): string | undefined => /figures are at (http:\S+)/.exec(said())?.[1];
  await until('the address', () => url() !== undefined);
  return String(url());
}
