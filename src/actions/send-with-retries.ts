import { setTimeout as pause } from 'node:timers/promises';
import { noAnswer } from './no-answer.js';
import { type Answer, type Request, request } from './request.js';
import { TimeLimit } from './time-limit.js';

/** Waits between tries, in milliseconds: with `tries` in all, it gives up after about half a minute. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 16_000] as const;
/** What a server asks for with Retry-After is not waited for longer than this. */
const LONGEST_PAUSE_MS = 60_000;

export interface Sending {
  readonly url: string;
  /** Made anew for each try. */
  readonly make: () => Omit<Request, 'signal'>;
  /** How long a try may take, in milliseconds. */
  readonly timeout: number;
  readonly aborted: AbortSignal;
  readonly pauses?: readonly number[];
  /** Asked anew before each try, which follows only a yes. */
  readonly first?: Question;
}

export interface Question extends Pick<Sending, 'url' | 'make' | 'timeout'> {
  /** Why the request is not sent at all, after an answer that says yes: a sentence without a full stop. */
  readonly veto: (answer: Answer) => string | undefined;
}

/** What came of it: the last answer, or why there was none. */
export interface Sent {
  readonly answer?: Answer;
  /** Why it is none that says yes, as a sentence without a full stop; absent where it does (a status of 2xx). */
  readonly problem?: string;
  /** Whether another try may do better. */
  readonly mayPass?: boolean;
}

/** Sends a request again while the server is out of reach, or says that it may be able to later (408, 429, 5xx). */
export async function sendWithRetries(sending: Sending): Promise<Sent> {
  const { aborted, pauses = PAUSES_MS } = sending;
  for (let tries = 1; ; tries++) {
    const sent = await tryOnce(sending);
    const next = pauses[tries - 1];
    if (sent.problem === undefined || sent.mayPass !== true) return sent;
    const times = `${tries} ${tries === 1 ? 'try' : 'tries'}`;
    if (next === undefined || aborted.aborted) return { ...sent, problem: `given up after ${times}: ${sent.problem}` };
    // Several that were turned away together should not come back together.
    const wait = Math.max(next * (0.75 + Math.random() / 2), retryAfter(sent.answer?.headers['retry-after']));
    await pause(wait, undefined, { signal: aborted }).catch(() => {});
    if (aborted.aborted) return { ...sent, problem: `given up after ${times}, as no time is left: ${sent.problem}` };
  }
}

async function tryOnce({ first, aborted, ...sending }: Sending): Promise<Sent> {
  if (first === undefined) return sendOnce(sending, aborted);
  const asked = await sendOnce(first, aborted);
  if (asked.problem !== undefined || asked.answer === undefined) return asked;
  const problem = first.veto(asked.answer);
  return problem === undefined ? sendOnce(sending, aborted) : { answer: asked.answer, problem };
}

async function sendOnce(
  { url, make, timeout }: Pick<Sending, 'url' | 'make' | 'timeout'>,
  aborted: AbortSignal,
): Promise<Sent> {
  const limit = new TimeLimit(timeout, aborted);
  try {
    const answer = await request(url, { ...make(), signal: limit.signal });
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return { answer };
    if (status >= 300 && status < 400 && headers.location !== undefined) {
      return { answer, problem: `status ${status}: it is somewhere else, and redirects are not followed` };
    }
    return { answer, problem: `status ${status}`, mayPass: mayPass(status) };
  } catch (error) {
    if (limit.isUp) return { problem: 'it did not answer in time', mayPass: true };
    if (aborted.aborted) return { problem: 'no time was left for its answer', mayPass: true };
    return noAnswer(error);
  } finally {
    limit.clear();
  }
}

function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** What a header asks for, in milliseconds: RFC 9110, 10.2.3, seconds or a date. @param now epoch milliseconds */
export function retryAfter(text = '', now = Date.now()): number {
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(0, wait), LONGEST_PAUSE_MS);
}
