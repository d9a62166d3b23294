import type { Alert } from './action.js';

/** An alert as a program takes it: `{id, monitor, group, start, end, reason, row}`, times in ISO 8601. */
export function alertJson({ id, monitor, group, start, end, reason, json }: Alert): string {
  const told = { id, monitor, group, start: new Date(start).toISOString(), end: new Date(end).toISOString(), reason };
  // The row as it is: its numbers may be longer than a double.
  return `${JSON.stringify(told).slice(0, -1)},"row":${json}}`;
}
