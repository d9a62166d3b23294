import type { Progress } from '../operators/operator.js';
import { jsonText, parseJson } from '../records/json-text.js';
import type { Value } from '../records/value.js';
import { packMarks, unpackMarks } from './packed-marks.js';

/** What is committed with a position: whose state it goes with, where that stands, and how far time had come. */
export interface Note {
  /** Says what the state was computed by. */
  readonly plan: string;
  /** Offsets in the topic with the state: where it begins, and behind its last record. */
  readonly from: number;
  readonly to: number;
  /** Absent before the first record. */
  readonly progress?: Progress | undefined;
}

export function formatNote({ plan, from, to, progress }: Note): string {
  const note = { plan, from, to };
  if (progress === undefined) return jsonText(note);
  const { watermarks, closed, window, sources } = progress;
  const told = { ...note, watermarks: packMarks(watermarks), closed, window };
  return jsonText(sources === undefined ? told : { ...told, sources: packMarks(sources) });
}

/** Undefined for what was written by something else. */
export function parseNote(text: string): Note | undefined {
  let value: Value;
  try {
    value = parseJson(Buffer.from(text));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    return undefined;
  }
  const { plan, from, to, watermarks = null, closed = null, window = null, sources = null } = value;
  if (typeof plan !== 'string' || typeof from !== 'number' || typeof to !== 'number') return undefined;
  const marks = unpackMarks(watermarks);
  if (marks === undefined || !isMark(closed) || !isMark(window)) return { plan, from, to };
  const heard = unpackMarks(sources);
  const sent = heard === undefined ? {} : { sources: heard };
  return { plan, from, to, progress: { watermarks: marks, closed, window, ...sent } };
}

function isMark(mark: Value): mark is number | null {
  return mark === null || typeof mark === 'number';
}
