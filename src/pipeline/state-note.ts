import type { Progress } from '../operators/operator.js';
import { jsonText, parseJson } from '../records/json-text.js';
import type { Value } from '../records/value.js';

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
  const told = { ...note, watermarks: [...watermarks], closed, window };
  return jsonText(sources === undefined ? told : { ...told, sources: [...sources] });
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
  const { plan, from, to, watermarks, closed = null, window = null, sources } = value;
  if (typeof plan !== 'string' || typeof from !== 'number' || typeof to !== 'number') return undefined;
  const isMark = (mark: Value): mark is number | null => mark === null || typeof mark === 'number';
  if (!Array.isArray(watermarks) || !watermarks.every(isMark) || !isMark(closed) || !isMark(window)) {
    return { plan, from, to };
  }
  const sent = Array.isArray(sources) && sources.every(isMark) ? { sources } : {};
  return { plan, from, to, progress: { watermarks, closed, window, ...sent } };
}
