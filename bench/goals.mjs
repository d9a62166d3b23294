/** What is measured of a run: its name, and how a figure of it is shown. */
export const CPU = { key: 'cpu', name: 'CPU', show: (seconds) => seconds.toFixed(2) };
export const WALL = { key: 'wall', name: 'wall', show: (seconds) => seconds.toFixed(2) };
export const PEAK = { key: 'peak', name: 'peak', show: (bytes) => `${Math.round(bytes / 1024 / 1024)} MB` };

/**
 * A goal is a figure and the most it may be, or a figure alone. value() gives undefined where a program that it needs was not run.
 * `medians` are by the programs' ids; `base` is freshet's median on the set that memoryBase names.
 */
export function ratio(measure, peer, limit, mine = { id: 'freshet', name: undefined }) {
  return {
    name: `${mine.name === undefined ? '' : `${mine.name}: `}${measure.name} against ${peer.name}`,
    limit,
    show: (value) => value.toFixed((limit ?? 1) < 0.1 ? 3 : 2),
    value: ({ medians }) => {
      const [one, other] = [medians.get(mine.id), medians.get(peer.id)];
      return one === undefined || other === undefined ? undefined : one[measure.key] / other[measure.key];
    },
  };
}

/** A ratio that is no goal. */
export function told(measure, peer, mine) {
  return ratio(measure, peer, undefined, mine);
}

export function noMoreThan(measure, limit) {
  return {
    name: measure.name,
    limit,
    show: measure.show,
    value: ({ medians }) => medians.get('freshet')[measure.key],
  };
}

/** Bytes of memory a state, beyond what a run with few states takes and beyond the text of the keys. */
export function perState(limit) {
  return {
    name: 'bytes a state, without its key',
    limit,
    show: (value) => value.toFixed(0),
    value: ({ medians, base, answer }) =>
      base === undefined ? undefined : (medians.get('freshet').peak - base.peak - answer.keyBytes) / answer.rows,
  };
}
