import type { Problem } from '../../endpoints/http/answers.js';
import { maskedCommand } from '../../records/uri-password.js';
import type { JobStatus } from '../job.js';
import { isJobName } from '../job-name.js';
import type { Orchestrator } from './orchestrator.js';
import { ratioOf, submissionOf } from './request-bodies.js';
import type { Route } from './routes.js';

export interface Answer {
  readonly status: 200 | 201;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Context {
  readonly orchestrator: Orchestrator;
  /** The address of the client. */
  readonly by: string;
}

/**
 * Does what is asked for about jobs.
 * @throws UsageError for what a backend does not take, ServiceError where it is out of reach
 */
export async function answerTo(
  { kind, name }: Route,
  isPost: boolean,
  body: Uint8Array,
  { orchestrator, by }: Context,
): Promise<Answer | Problem> {
  if (kind === 'submissions' && isPost) return submit(body, orchestrator);
  if (kind === 'submissions') return { status: 200, body: { submissions: (await orchestrator.list()).map(jobJson) } };
  if (kind === 'ratio') return judge(body, orchestrator, by);
  // What can't be a job's name is none.
  if (!isJobName(name)) return noJob(name);
  if (kind === 'kill') {
    const stopped = await orchestrator.kill(name, { by });
    return stopped === undefined ? noJob(name) : { status: 200, body: stopped };
  }
  const job = await orchestrator.status(name);
  return job === undefined ? noJob(name) : { status: 200, body: jobJson(job) };
}

async function submit(body: Uint8Array, orchestrator: Orchestrator): Promise<Answer | Problem> {
  const submission = submissionOf(jsonOf(body));
  if ('status' in submission) return submission;
  const job = await orchestrator.submit(submission);
  if (job === undefined) return { status: 409, detail: `job ${submission.name} runs: kill it first` };
  return { status: 201, body: jobJson(job), headers: { location: `/submissions/${job.name}` } };
}

async function judge(body: Uint8Array, orchestrator: Orchestrator, by: string): Promise<Answer | Problem> {
  const given = ratioOf(jsonOf(body));
  if ('status' in given) return given;
  const { applicationName, ratio } = given;
  if (!isJobName(applicationName)) return noJob(applicationName);
  const judged = await orchestrator.judge(applicationName, ratio, by);
  return judged === undefined ? noJob(applicationName) : { status: 200, body: judged };
}

/** As `freshet job list --format json` has it: times in ISO 8601, and no passwords. */
function jobJson({ startedAt, endedAt, command, ...rest }: JobStatus): Readonly<Record<string, unknown>> {
  const ended = endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() };
  return { ...rest, command: command.map(maskedCommand), startedAt: new Date(startedAt).toISOString(), ...ended };
}

function noJob(name: string): Problem {
  return { status: 404, detail: `there is no job ${name.length > 100 ? `${name.slice(0, 100)}…` : name}` };
}

/** Undefined for what is no JSON, which no request is. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
