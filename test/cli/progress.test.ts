import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/progress.js';
import { Metrics } from '../../src/pipeline/metrics.js';

/** A terminal's last line, which a run refreshes. */
class Line {
  text = '';
  progress = (text: string): void => {
    this.text = text;
  };
  clear = (): void => {
    this.text = '';
  };
}

function begin(until: 'rows' | 'end'): {
  metrics: Metrics;
  line: Line;
  progress: Progress;
  tickAt: (ms: number) => void;
} {
  const line = new Line();
  const progress = new Progress(line, () => ({ count: 2, late: 1 }), until);
  const metrics = new Metrics(progress);
  // A little more, since sums of doubles may be a little less.
  return { metrics, line, progress, tickAt: (ms) => metrics.tick(metrics.started + ms + 1e-6) };
}

describe('the line that shows how far a run is', () => {
  it('comes after a second, with records, their rate, windows, rows, late and dead', () => {
    const { metrics, line, tickAt } = begin('end');
    metrics.records = 3000;
    metrics.states = 1234;
    metrics.addRows(5);
    tickAt(900);
    expect(line.text).toBe('');
    tickAt(1500);
    expect(line.text).toBe('3,000 records  2,000/s  1,234 windows  5 rows  1 late  2 dead');
  });

  it('tells the lag where the source knows it, and how far event time has come', () => {
    const line = new Line();
    const now = Date.parse('2026-11-21T10:00:05Z');
    const progress = new Progress(
      line,
      () => ({ count: 0, late: 0, lag: 12_345 }),
      'end',
      () => now,
    );
    const metrics = new Metrics(progress);
    const shown = (delay: number, ms: number): string => {
      metrics.watermark = now - delay;
      metrics.tick(metrics.started + ms);
      return line.text;
    };
    const head = '0 records  0/s  lag 12,345  0 rows  0 late  0 dead';
    expect(shown(3000, 1100)).toBe(`${head}  2026-11-21T10:00:02Z, 3s behind`);
    expect(shown(-7_200_000, 2200)).toBe(`${head}  2026-11-21T12:00:05Z, 2h ahead`);
    expect(shown(86_400_000 * 1234, 3300)).toBe(`${head}  2023-07-06, 1,234d behind`);
  });

  it('tells the rate since it was refreshed last', () => {
    const { metrics, line, tickAt } = begin('end');
    metrics.records = 3000;
    tickAt(1000);
    metrics.records = 3500;
    tickAt(1100);
    expect(line.text).toContain('3,000 records  3,000/s');
    tickAt(1500);
    expect(line.text).toContain('3,500 records  1,000/s');
  });

  it('goes before the first rows where these come on the same terminal, and does not come back', () => {
    const { metrics, line, tickAt } = begin('rows');
    tickAt(1000);
    expect(line.text).toContain('records');
    metrics.addRows(1);
    expect(line.text).toBe('');
    tickAt(3000);
    expect(line.text).toBe('');
  });

  it('stays beside rows that go elsewhere, until the run ends', () => {
    const { metrics, line, progress, tickAt } = begin('end');
    metrics.addRows(1);
    tickAt(1000);
    expect(line.text).toContain('1 rows');
    progress.end();
    expect(line.text).toBe('');
  });
});
