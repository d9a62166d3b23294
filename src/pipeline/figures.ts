import type { Family, Sample } from '../endpoints/http/exposition.js';
import type { Metrics } from './metrics.js';
import type { Pipeline } from './pipeline.js';
import { storeCounts } from './store-counts.js';

/** What a run has done so far and how far it is, as Prometheus names such things. @param pipeline once it is open */
export function figuresOf(metrics: Metrics, pipeline: Pipeline | undefined): Family[] {
  const { late = 0, count: dead = 0 } = pipeline?.deadLetters ?? {};
  const { applied, stale, tied } = storeCounts(pipeline?.sinks ?? []);
  const { lag = [], answers } = pipeline?.source.figures?.() ?? {};
  const { watermark } = metrics;
  return [
    counter('freshet_records', 'Records read, dead letters included.', metrics.records),
    counter('freshet_rows', 'Rows written.', metrics.rows),
    counter('freshet_late', 'Records that came after their window was closed.', late),
    counter('freshet_dead', 'Records that did not fit (dead letters).', dead),
    counter('freshet_applied', 'Rows that a store has taken.', applied),
    counter('freshet_stale', 'Rows older than what a store had.', stale),
    counter('freshet_tied', 'Rows that a store had already.', tied),
    gauge('freshet_states', 'Rows of key and window that are kept.', metrics.states),
    {
      ...gauge('freshet_lag_records', 'Records of a partition that may be read and have not been.'),
      samples: lag.map(({ topic, partition, records }) => ({ labels: { topic, partition }, value: records })),
    },
    gauge('freshet_watermark_seconds', 'The greatest event time read, since 1970.', seconds(watermark)),
    gauge(
      'freshet_watermark_delay_seconds',
      'How far the greatest event time read is behind the clock.',
      watermark === undefined ? undefined : seconds(Date.now() - watermark),
    ),
    {
      ...counter('freshet_http_requests', 'Requests answered, by status.'),
      samples: [...(answers ?? [])].map(([code, value]) => ({ labels: { code }, value })),
    },
    ...processFigures(),
  ];
}

/** What Prometheus' own clients tell of their process. */
function processFigures(): Family[] {
  const { user, system } = process.cpuUsage();
  return [
    counter('process_cpu_seconds', 'User and system CPU time spent.', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Resident memory size.', process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'When the process began, since 1970.', Date.now() / 1000 - process.uptime()),
  ];
}

function counter(name: string, help: string, value?: number): Family {
  return { name, kind: 'counter', help, samples: sampleOf(value) };
}

function gauge(name: string, help: string, value?: number): Family {
  return { name, kind: 'gauge', help, samples: sampleOf(value) };
}

function sampleOf(value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ value }];
}

function seconds(millis: number | undefined): number | undefined {
  return millis === undefined ? undefined : millis / 1000;
}
