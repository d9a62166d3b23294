import { codeOf, sentenceOf } from '../endpoints/system-error.js';
import { Status } from '../records/errors.js';
import type { Described } from './describe-error.js';

/** What to tell and which status to end with when standard output can't be written; nothing where its reader left. */
export function outputFailure(error: unknown): { readonly status: number; readonly described?: Described } {
  if (codeOf(error) === 'EPIPE') return { status: Status.done };
  return { status: Status.service, described: { message: `standard output can't be written: ${sentenceOf(error)}` } };
}
