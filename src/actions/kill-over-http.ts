import { UsageError } from '../records/errors.js';
import type { Action, Alert, Outcome } from './action.js';
import type { KillOptions } from './kill-target.js';
import { request } from './request.js';
import { sendWithRetries } from './send-with-retries.js';

/** Besides the grace, which the orchestrator takes its own of. */
const TRY_MS = 30_000;
const ASK_MS = 5000;
/** A job that is to be stopped is not to run on for long. */
const PAUSES_MS = [500, 1000, 2000];

/**
 * Has an orchestrator stop one of its jobs: `POST /submissions/NAME/kill`, once `GET /submissions/NAME` has said that it
 * is not one that was started after the breach.
 */
export class KillOverHttp implements Action {
  readonly name: string;
  readonly #job: string;
  readonly #url: string;
  readonly #options: KillOptions;

  /** @throws UsageError */
  constructor(target: string, options: KillOptions) {
    const url = URL.canParse(target) ? new URL(target) : undefined;
    const job = url === undefined ? '' : decoded(url.hash.slice(1));
    if (url === undefined || job === '') {
      throw new UsageError(
        '--target http://…: the name of a job is needed behind #',
        'Such as http://localhost:3000#parity.',
      );
    }
    if (url.username !== '' || url.password !== '') {
      throw new UsageError('--target http://…: a token does not stand in the URL', 'Give it in FRESHET_TOKEN.');
    }
    this.#job = job;
    this.#url = `${url.origin}${url.pathname.replace(/\/+$/, '')}/submissions/${encodeURIComponent(job)}`;
    this.name = `kill ${url.origin}${url.pathname.replace(/\/+$/, '')}#${job}`;
    this.#options = options;
  }

  async targetStartedAt(): Promise<number | undefined> {
    try {
      const signal = AbortSignal.timeout(ASK_MS);
      const { status, text } = await request(this.#url, { method: 'GET', headers: this.#headers(), signal });
      return status === 200 ? timeOf(fieldOf(text, 'startedAt')) : undefined;
    } catch {
      // Out of reach: act() asks again, and does nothing until it knows.
      return undefined;
    }
  }

  async act({ end }: Alert, aborted: AbortSignal): Promise<Outcome> {
    const { answer, problem } = await sendWithRetries({
      url: `${this.#url}/kill`,
      make: () => ({ method: 'POST', headers: this.#headers() }),
      timeout: this.#options.grace + TRY_MS,
      aborted,
      pauses: PAUSES_MS,
      first: {
        url: this.#url,
        make: () => ({ method: 'GET', headers: this.#headers() }),
        timeout: ASK_MS,
        veto: ({ text }) => this.#veto(text, end),
      },
    });
    const text = answer?.text ?? '';
    if (problem === undefined) return outcomeOf(text, this.#job);
    return { done: false, message: `${problem}${reasonOf(answer?.status, text)}` };
  }

  /** Another orchestrator may not say when its jobs were started. */
  #veto(text: string, end: number): string | undefined {
    const started = timeOf(fieldOf(text, 'startedAt'));
    return started !== undefined && started > end ? `job ${this.#job} was started after that` : undefined;
  }

  #headers(): Readonly<Record<string, string>> {
    const { token } = this.#options;
    return {
      accept: 'application/json',
      'user-agent': 'freshet',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }
}

/** Of `{target, signals, after, message}`, or of what another orchestrator says. */
function outcomeOf(text: string, job: string): Outcome {
  const [message, after] = [fieldOf(text, 'message'), fieldOf(text, 'after')];
  const done = after === undefined || after === 'gone';
  return { done, message: typeof message === 'string' && message !== '' ? message : `job ${job} was stopped` };
}

/** What its answer says of it: application/problem+json (RFC 9457). */
function reasonOf(status: number | undefined, text: string): string {
  if (status === 401 || status === 403) return ': FRESHET_TOKEN is not the token that it takes';
  const detail = fieldOf(text, 'detail') ?? fieldOf(text, 'title');
  return typeof detail === 'string' ? `: ${detail}` : '';
}

function fieldOf(text: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
}

/** Epoch milliseconds, or ISO 8601. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
