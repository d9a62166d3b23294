import { ServiceError } from '../records/errors.js';

/**
 * The error of a state that has reached its bound.
 * @param what the states in the plural: `groups and windows`
 */
export function stateBoundReached(maxState: number, what: string): ServiceError {
  return new ServiceError(
    `the state has reached --max-state: ${maxState.toLocaleString('en-US')} ${what}`,
    'Give --allowed-lateness, so that windows close and are let go of, or a greater --max-state.',
  );
}
