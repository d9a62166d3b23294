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
  return { metrics, line, progress, tickAt: (ms) => metrics.tick(metrics.started + ms) };
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
