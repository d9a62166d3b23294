import { nearestName } from '../../records/nearest-name.js';

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a file, and where. */
export interface Problem {
  readonly place: Place;
  /** A sentence without a full stop. */
  readonly message: string;
  readonly next?: string;
}

/** A name that is none of those that there may be. */
export function unknownName(place: Place, what: string, name: string, names: readonly string[]): Problem {
  const nearest = nearestName(name, names);
  const next = nearest === undefined ? `There may be ${names.join(', ')}.` : `Did you mean ${nearest}?`;
  return { place, message: `there is no ${what} ${name}`, next };
}
