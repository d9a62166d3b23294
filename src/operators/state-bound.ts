import { ServiceError } from '../records/errors.js';

/** What an operator's state consists of, and how there is less of it. */
export interface StateKind {
  /** The states in the plural. */
  readonly states: string;
  /** What to do where there are too many. */
  readonly hint: string;
}

export const KEYS_AND_WINDOWS: StateKind = {
  states: 'rows of key and window',
  hint: 'Give --allowed-lateness, so that windows close and are let go of, or a greater --max-state.',
};

/** Of monitors: their windows close anyway, and a silence has none. */
export const GROUPS: StateKind = {
  states: 'groups',
  hint: 'Have fewer groups (--by, --where), or give a greater --max-state.',
};

/** The error of a state that has reached its bound. */
export function stateBoundReached(maxState: number, { states, hint }: StateKind): ServiceError {
  return new ServiceError(`the state has reached --max-state: ${maxState.toLocaleString('en-US')} ${states}`, hint);
}
