/** No state. */
export const NONE = -1;

/** Finds the state of a (key, window). Keys are numbered densely from 0. */
export interface StateIndex {
  /** The state of each pair, for `count` pairs; where there is none, add() is asked for the new one's number. */
  locate(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void;
  remove(key: number, window: number): void;
}

export type AddState = (key: number, window: number) => number;
