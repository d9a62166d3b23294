import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { exposition, type Family } from '../../../src/endpoints/http/exposition.js';

const PYTHON = process.env.FRESHET_PYTHON ?? 'python3';
const found = spawnSync(PYTHON, ['-c', 'import prometheus_client']).status === 0;
if (!found) console.warn("skipped: there is no Python with Prometheus' client (FRESHET_PYTHON names one)");

const FAMILIES: readonly Family[] = [
  { name: 'freshet_rows', kind: 'counter', help: 'Rows written.', samples: [{ value: 12_345_678_901 }] },
  { name: 'freshet_none', kind: 'gauge', help: 'Of nothing.', samples: [] },
  {
    name: 'freshet_lag_records',
    kind: 'gauge',
    help: 'A back\\slash, and a line\nfeed.',
    samples: [
      { labels: { topic: 'a "quoted" \\ one\n', partition: 0 }, value: 1.5 },
      { labels: { topic: 'b', partition: 1 }, value: 0 },
    ],
  },
];

describe('figures as text', () => {
  it('are those of Prometheus 0.0.4', () => {
    expect(exposition(FAMILIES, 'prometheus')).toBe(
      [
        '# HELP freshet_rows_total Rows written.',
        '# TYPE freshet_rows_total counter',
        'freshet_rows_total 12345678901',
        '# HELP freshet_lag_records A back\\\\slash, and a line\\nfeed.',
        '# TYPE freshet_lag_records gauge',
        'freshet_lag_records{topic="a \\"quoted\\" \\\\ one\\n",partition="0"} 1.5',
        'freshet_lag_records{topic="b",partition="1"} 0',
        '',
      ].join('\n'),
    );
  });

  it.skipIf(!found && process.env.CI === undefined).each(['prometheus', 'openMetrics'] as const)(
    "mean the same to Prometheus' own reader of %s",
    (form) => {
      const parser = form === 'prometheus' ? 'prometheus_client.parser' : 'prometheus_client.openmetrics.parser';
      const program = `import json, sys
from ${parser} import text_string_to_metric_families as read
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in read(sys.stdin.read())]))`;
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], {
        input: exposition(FAMILIES, form),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual([
        ['freshet_rows', 'counter', 'Rows written.', [['freshet_rows_total', {}, 12_345_678_901]]],
        [
          'freshet_lag_records',
          'gauge',
          'A back\\slash, and a line\nfeed.',
          [
            ['freshet_lag_records', { topic: 'a "quoted" \\ one\n', partition: '0' }, 1.5],
            ['freshet_lag_records', { topic: 'b', partition: '1' }, 0],
          ],
        ],
      ]);
    },
  );
});
