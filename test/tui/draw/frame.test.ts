import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import type { Row } from '../../../src/records/value.js';
import { frameOf, linesOf } from '../../../src/tui/draw/frame.js';
import { Palette } from '../../../src/tui/draw/palette.js';
import { Alerts } from '../../../src/tui/state/alerts.js';
import { LiveSource } from '../../../src/tui/state/live-source.js';
import { type Key, pressKey } from '../../../src/tui/state/press-key.js';
import { ViewState } from '../../../src/tui/state/view-state.js';
import { DAILY, dailyRow } from '../yt-rows.js';

const CLOCK = Date.parse('2017-08-10T00:00:00Z');
const RATIO = parseSchema(
  {
    type: 'record',
    name: 'outcome_ratio',
    fields: [
      { name: 'application', type: 'string' },
      ...['window_start', 'window_end', 'monitor', 'status'].map((name) => ({ name, type: 'string' })),
      { name: 'bad', type: 'long' },
      { name: 'total', type: 'long' },
      { name: 'ratio', type: ['null', 'double'] },
      { name: 'max', type: 'double' },
      { name: 'reason', type: ['null', 'string'], default: null },
    ],
    freshet: { time: 'window_start' },
  },
  'test',
);

/** A report of daily rows of two channels and of a monitor, as it is at a moment. */
function report(): { view: ViewState; alerts: Alerts; type: (...keys: Key[]) => void; at: { now: number } } {
  const at = { now: 0 };
  const alerts = new Alerts();
  const clock = (): number => at.now;
  const daily = new LiveSource('yt_daily', false, alerts, clock);
  const ratio = new LiveSource('alerts', false, alerts, clock);
  daily.figures = () => ({ lag: 12, dead: 1 });
  daily.open(DAILY);
  ratio.open(RATIO);
  const rows = Array.from({ length: 9 }, (_, day) => [
    dailyRow('el_pais', day + 1, 600, 500 + day * day * 10),
    dailyRow('日本の放送', day + 1, 660, 2000 - day * 40),
  ]).flat();
  daily.write(batchFromRows(DAILY, rows));
  at.now = 4200;
  daily.write(batchFromRows(DAILY, [dailyRow('el_pais', 9, 700, 1234)]));
  ratio.write(
    batchFromRows(
      RATIO,
      Array.from({ length: 12 }, (_, window) => ratioRow(window)),
    ),
  );
  const view = new ViewState([daily, ratio]);
  return {
    view,
    alerts,
    at,
    type: (...keys) => {
      for (const key of keys) pressKey(view, key);
    },
  };
}

function ratioRow(window: number): Row {
  const at = (one: number): string => new Date(Date.parse('2017-08-01T00:00:00Z') + one * 30_000).toISOString();
  const bad = 20 + ((window * 7) % 17);
  return {
    application: 'parity',
    window_start: at(window),
    window_end: at(window + 1),
    monitor: 'ratio',
    status: bad > 30 ? 'breach' : 'ok',
    bad,
    total: 100,
    ratio: bad / 100,
    max: 0.3,
    reason: bad > 30 ? `${bad} of 100 are bad, which is over 0.3` : null,
  };
}

function linesFor(
  { view, alerts, at }: ReturnType<typeof report>,
  width: number,
  height: number,
  color = false,
): string[] {
  const picture = { view, alerts, palette: new Palette(color), now: at.now, clock: CLOCK };
  return linesOf(frameOf(picture, { width, height }));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away
const STYLES = /\u001b\[[0-9;]*m/g;
const plain = (lines: readonly string[]): string => lines.map((line) => line.replace(STYLES, '').trimEnd()).join('\n');

describe('a frame', () => {
  it.each([
    [80, 24],
    [120, 40],
    [220, 60],
  ])('of %i×%i', async (width, height) => {
    await expect(plain(linesFor(report(), width, height))).toMatchFileSnapshot(`frames/daily-${width}x${height}.txt`);
  });

  it('has the ratio of a monitor with its breaches', async () => {
    const shown = report();
    shown.type('tab');
    await expect(plain(linesFor(shown, 100, 30))).toMatchFileSnapshot('frames/ratio-100x30.txt');
  });

  it('paints with the colours of the terminal what changed, and the cursor', async () => {
    const shown = report();
    shown.type('down');
    await expect(linesFor(shown, 80, 24, true).join('\n').replaceAll('\u001b', '␛')).toMatchFileSnapshot(
      'frames/colours-80x24.txt',
    );
  });

  it('filters while one types, and forgets it on Escape', () => {
    const shown = report();
    shown.type({ text: '/' }, { text: 'p' }, { text: 'a' }, { text: 'i' });
    const found = plain(linesFor(shown, 80, 24));
    expect(found).toContain('/pai█  9 found');
    expect(found).not.toContain('日本');
    shown.type('escape');
    expect(plain(linesFor(shown, 80, 24))).toContain('日本の放送');
  });

  it('shows the keys, and goes back', async () => {
    const shown = report();
    shown.type({ text: '?' });
    await expect(plain(linesFor(shown, 80, 24))).toMatchFileSnapshot('frames/help-80x24.txt');
    shown.type('escape');
    expect(plain(linesFor(shown, 80, 24))).toContain('yt_channel_id');
  });

  it('stands still while it is paused', () => {
    const shown = report();
    shown.type({ text: ' ' });
    const before = plain(linesFor(shown, 80, 24))
      .split('\n')
      .slice(2);
    shown.view.tabs[0]?.source.write(batchFromRows(DAILY, [dailyRow('el_pais', 9, 701, 99_999)]));
    expect(
      plain(linesFor(shown, 80, 24))
        .split('\n')
        .slice(2),
    ).toEqual(before);
    shown.type({ text: 'p' });
    expect(plain(linesFor(shown, 80, 24))).toContain('99999');
  });

  it('keeps the cursor on its key while rows come above it', () => {
    const shown = report();
    shown.type('down', 'down');
    const at = (): string =>
      linesFor(shown, 80, 24, true)
        .find((line) => line.includes('\u001b[7m  '))
        ?.slice(6, 30) ?? '';
    const before = at();
    shown.view.tabs[0]?.source.write(batchFromRows(DAILY, [dailyRow('zeit', 20, 1, 1)]));
    shown.at.now += 10_000;
    shown.type({ text: 'o' }, { text: 'C' }, { text: 'o' });
    expect(at()).toBe(before);
  });

  it('has no line that is too wide, and as many as there is room for, at any size and after any keys', () => {
    const keys = fc.constantFrom<Key>(
      'up',
      'down',
      'left',
      'right',
      'pageDown',
      'home',
      'end',
      'enter',
      'tab',
      'escape',
      ...['s', '>', '<', 'D', 'm', 'c', 'p', '/', '?', 'r', '日', '\u0301'].map((text) => ({ text })),
    );
    fc.assert(
      fc.property(
        fc.array(keys, { maxLength: 12 }),
        fc.integer({ min: 60, max: 230 }),
        fc.integer({ min: 16, max: 70 }),
        (typed, width, height) => {
          const shown = report();
          shown.type(...typed);
          const lines = linesFor(shown, width, height, true);
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lets no text of the data reach the terminal as a control', () => {
    const shown = report();
    shown.view.tabs[0]?.source.write(batchFromRows(DAILY, [dailyRow('\u001b[2J\u0007\u009b1A\u202eevil', 10, 0, 1)]));
    const text = linesFor(shown, 100, 30).join('\n');
    expect(text).toContain('·[2J··1A·evil');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text.replace(STYLES, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('tells of a source that is away, in its tab and for how long', () => {
    const shown = report();
    const [daily, ratio] = shown.view.tabs.map(({ source }) => source);
    ratio?.away("alerts can't be reached: nobody listens there");
    shown.at.now += 7000;
    const before = plain(linesFor(shown, 80, 24));
    expect(before).toMatch(/^ freshet {2}1 yt_daily {2}2! alerts\n live/);
    shown.type('tab');
    const away = "away for 7 s, trying again: can't be reached: nobody listens there";
    expect(plain(linesFor(shown, 80, 24)).split('\n')[1]).toBe(` ${away}`);
    expect(plain(linesFor(shown, 80, 24))).toContain('parity');
    ratio?.away("alerts can't be reached: no answer");
    shown.at.now += 5000;
    expect(plain(linesFor(shown, 80, 24))).toContain('away for 12 s');
    // Its type is known, and it was not read yet.
    ratio?.open(RATIO);
    expect(plain(linesFor(shown, 80, 24))).toContain('away for 12 s');
    ratio?.endRound();
    expect(plain(linesFor(shown, 80, 24))).toMatch(/2 alerts\n live/);
    expect(daily?.state.kind).toBe('live');
  });

  it('shortens names in the midst, so that tables can be told from one another', () => {
    const alerts = new Alerts();
    const names = ['mysql://freshet@db.example.com:3306/yt', 'cassandra://db1.example.com,db2.example.com/yt'];
    const tables = names.flatMap((name) => [`${name}#yt_daily`, `${name}#yt_monthly`]);
    const view = new ViewState(tables.map((name) => new LiveSource(name, true, alerts)));
    const line = (width: number): string => linesFor({ ...report(), view, alerts }, width, 24)[0] ?? '';
    const of = (shown: string): string => plain([shown]);
    expect(of(line(200))).toBe(
      ' freshet  1 mysql://freshet@db.example.com…#yt_daily  2 mysql://freshet@db.example.c…#yt_monthly  3 cassandra://db1.example.com,db…#yt_daily  4 cassandra://db1.example.com,…#yt_monthly',
    );
    expect(of(line(110))).toBe(
      ' freshet  1 mysql://fr…#yt_daily  2 mysql://…#yt_monthly  3 cassandra:…#yt_daily  4 cassandr…#yt_monthly',
    );
  });

  it('of a screen that is too small says what is needed', () => {
    expect(plain(linesFor(report(), 40, 10)).trim()).toBe('60×16 are needed');
  });
});
