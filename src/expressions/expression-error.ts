import { UsageError } from '../records/errors.js';

const WIDTH = 100;

/**
 * What is wrong with an expression, with a caret under the place.
 * @param at the place, in UTF-16 units
 * @param what a sentence without a full stop
 */
export function expressionError(text: string, at: number, what: string, next?: string): UsageError {
  // One line, whatever white space there is, and no more of it than a terminal shows.
  const before = [...text.slice(0, at).replace(/\s/g, ' ')];
  const after = [...text.slice(at).replace(/\s/g, ' ')];
  const cutBefore = before.length > WIDTH / 2 ? ['…', ...before.slice(1 - WIDTH / 2)] : before;
  const room = WIDTH - cutBefore.length;
  const cutAfter = after.length > room ? [...after.slice(0, room - 1), '…'] : after;
  const shown = [...cutBefore, ...cutAfter].join('');
  return new UsageError(`${what}\n  ${shown}\n  ${' '.repeat(cutBefore.length)}^`, next);
}
