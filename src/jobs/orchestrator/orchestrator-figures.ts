import type { Family, Sample } from '../../endpoints/http/exposition.js';
import type { JobState, JobStatus } from '../job.js';
import type { Tally } from './orchestrator.js';

const STATES: readonly JobState[] = ['starting', 'running', 'exited', 'killed', 'failed', 'lost'];

/** What Prometheus is told. @param answers requests answered so far, by status */
export function orchestratorFigures(
  jobs: readonly JobStatus[],
  { kills, ratios }: Tally,
  answers: ReadonlyMap<number, number>,
): readonly Family[] {
  return [
    {
      name: 'freshet_orchestrator_jobs',
      kind: 'gauge',
      help: 'Jobs by the state of their last run.',
      samples: STATES.map((state) => ({
        labels: { state },
        value: jobs.filter((job) => job.state === state).length,
      })),
    },
    {
      name: 'freshet_orchestrator_job_running',
      kind: 'gauge',
      help: 'Whether a job runs.',
      samples: jobs.map(({ name: job, state }) => ({ labels: { job }, value: state === 'running' ? 1 : 0 })),
    },
    {
      name: 'freshet_orchestrator_job_restarts',
      kind: 'gauge',
      help: 'How often the last run of a job was started again.',
      samples: jobs.map(({ name: job, restarts }) => ({ labels: { job }, value: restarts })),
    },
    {
      name: 'freshet_orchestrator_kills',
      kind: 'counter',
      help: 'Kills by what set them off, a client or a ratio over its maximum, and what was seen afterwards.',
      samples: Object.entries(kills).flatMap(([by, counts]) =>
        Object.entries(counts).map(([after, value]): Sample => ({ labels: { by, after }, value })),
      ),
    },
    {
      name: 'freshet_orchestrator_ratio',
      kind: 'gauge',
      help: 'The last ratio that was told of an application.',
      samples: [...ratios].map(([application, { ratio: value }]) => ({ labels: { application }, value })),
    },
    {
      name: 'freshet_orchestrator_ratio_maximum',
      kind: 'gauge',
      help: 'The ratio over which an application is stopped.',
      samples: [...ratios].map(([application, { maximum: value }]) => ({ labels: { application }, value })),
    },
    {
      name: 'freshet_orchestrator_requests',
      kind: 'counter',
      help: 'Requests answered, by status.',
      samples: [...answers].sort(([a], [b]) => a - b).map(([status, value]) => ({ labels: { status }, value })),
    },
  ];
}
