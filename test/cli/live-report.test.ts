import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasTmux, Terminal } from './tmux.js';

const DAYS = 'freshet produce yt --days 12 | freshet aggregate daily';
const SETTINGS = /\S+(:[0-9a-f]+){5,}/;

describe.skipIf(!hasTmux())('the live report in a terminal', () => {
  let terminal: Terminal | undefined;
  afterEach(() => terminal?.close());

  const open = async (...given: Parameters<typeof Terminal.open>): Promise<Terminal> => {
    terminal = await Terminal.open(...given);
    return terminal;
  };
  /** The process id of the report, as the system has it. */
  const reportId = (inside: Terminal): number =>
    Number(execFileSync('pgrep', ['-f', `freshet.js report .*${inside.folder}`], { encoding: 'utf8' }).split('\n')[0]);

  it('shows a pipe, takes keys from the terminal, and gives it back', async () => {
    const inside = await open(80, 24);
    const before = await inside.run('stty -g', SETTINGS);
    await inside.clear();
    inside.type(`echo was here; ${DAYS} | freshet report; echo "status $?"`, 'Enter');
    await inside.shows('ended · 36 rows');
    expect(await inside.shows('subs of michelle_phan')).toContain('yt_channel_id');
    inside.type('j', 'Enter');
    await inside.shows('● subs of new_york_times');
    inside.type('/', 'pew_d');
    await inside.shows('12 found');
    expect(inside.screen()).not.toMatch(/^ {2}michelle_phan/m);
    inside.type('Escape');
    await inside.shows(/^ {2}michelle_phan/m);
    inside.type('?');
    await inside.shows('Escape or ? closes this');
    inside.type('Escape');
    await inside.shows('yt_channel_id');
    inside.type('Space');
    await inside.shows('paused');
    inside.type('G');
    await inside.shows('2017-08-01');
    inside.type('q');
    await inside.shows('status 0');
    // What stood there before is there again.
    expect(inside.screen()).toMatch(/^was here$/m);
    expect(inside.screen()).not.toContain('subs of');
    expect(await inside.run('stty -g', SETTINGS)).toBe(before);
  });

  it('fits the terminal when its size changes', async () => {
    const inside = await open(80, 24);
    inside.type(`${DAYS} | freshet report`, 'Enter');
    await inside.shows('36 rows');
    inside.resize(140, 45);
    await inside.shows(/2017-08-04[\s\S]*subs of/);
    const lines = inside.screen().split('\n');
    expect(lines.findIndex((line) => line.includes('? help'))).toBe(44);
    inside.resize(50, 12);
    await inside.shows('60×16 are needed');
    inside.resize(80, 24);
    const again = await inside.shows('subs of');
    expect(again.split('\n').findIndex((line) => line.includes('? help'))).toBe(23);
  });

  it('stops with ctrl-Z and goes on', async () => {
    const inside = await open(80, 24);
    const before = await inside.run('stty -g', SETTINGS);
    await inside.clear();
    inside.type(`${DAYS} | freshet report`, 'Enter');
    await inside.shows('36 rows');
    inside.type('C-z');
    await inside.shows('Stopped');
    expect(inside.screen()).not.toContain('subs of');
    expect(await inside.run('stty -g', SETTINGS)).toBe(before);
    inside.type('fg', 'Enter');
    await inside.shows('subs of');
    inside.type('j');
    await inside.shows('subs of new_york_times');
    inside.type('C-c');
    await inside.prompts();
    inside.type('echo "status $?"', 'Enter');
    await inside.shows('status 130');
    expect(await inside.run('stty -g', SETTINGS)).toBe(before);
  });

  it.each([
    ['TERM', 143],
    ['INT', 130],
    ['HUP', 129],
    ['QUIT', 131],
  ] as const)('gives the terminal back on SIG%s', async (signal, status) => {
    const inside = await open(80, 24);
    const before = await inside.run('stty -g', SETTINGS);
    const file = join(inside.folder, 'rows.ndjson');
    writeFileSync(file, '{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:00","subs":1}\n');
    await inside.clear();
    inside.type(`freshet report ${file}; echo "status $?"`, 'Enter');
    await inside.shows('ended');
    process.kill(reportId(inside), `SIG${signal}`);
    await inside.shows(`status ${status}`);
    expect(await inside.run('stty -g', SETTINGS)).toBe(before);
  });

  it('updates what changes in a store', async () => {
    const inside = await open(100, 24);
    const rows = (subs: number): string =>
      `{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:${String(subs).slice(-2)}","date":"2017-08-01","subs":${subs}}\n`;
    const file = join(inside.folder, 'rows.ndjson');
    writeFileSync(file, rows(1010));
    inside.type(
      'freshet store daily --from rows.ndjson --to sqlite:a.db && freshet report sqlite:a.db --refresh 100ms',
      'Enter',
    );
    await inside.shows(/a +2017-08-01 +1010/);
    appendFileSync(file, rows(1022));
    execFileSync(process.execPath, [
      ...[join(import.meta.dirname, '../../bin/freshet.js'), 'store', 'daily'],
      ...['--from', file, '--to', `sqlite:${inside.folder}/a.db`],
    ]);
    await inside.shows(/a +2017-08-01 +1022 +\+12/);
    inside.type('q');
    await inside.prompts();
  });

  it('has no colour with NO_COLOR, and some without', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const colour = /\u001b\[(?:\d+;)*3[0-7]m/;
    const inside = await open(80, 24, { NO_COLOR: '1' });
    inside.type(`${DAYS} | freshet report`, 'Enter');
    await inside.shows('36 rows');
    expect(inside.painted()).not.toMatch(colour);
    inside.type('q');
    await inside.prompts();
    await inside.run('unset NO_COLOR', /</);
    inside.type(`${DAYS} | freshet report`, 'Enter');
    await inside.shows('36 rows');
    expect(inside.painted()).toMatch(colour);
  });

  it('prints tables where the terminal is too small', async () => {
    const inside = await open(50, 12);
    inside.type(`${DAYS} | freshet report --limit 1 2> said`, 'Enter');
    await inside.shows('and 35 more');
    expect(await inside.run('tr -d "\\n" < said', /freshet: the terminal has.*/s)).toContain('50×12');
  });

  it('tells a mistake before it takes the screen, and an error after it has given it back', async () => {
    const inside = await open(80, 24);
    inside.type('freshet report ./nothing.ndjson; echo "status $?"', 'Enter');
    expect(await inside.shows('status 2')).toContain('nothing.ndjson');
    await inside.clear();
    inside.type('freshet report; echo "status $?"', 'Enter');
    expect(await inside.shows('status 2')).toContain('standard input is the terminal');
    await inside.clear();
    inside.type('(sleep 2; echo { ; echo }) | freshet report --strict; echo "status $?"', 'Enter');
    expect(await inside.shows('status 3')).toContain('not JSON');
  });
});
