import type { Kill } from './orchestrator.js';

/** Who asked for a kill, of what and why, and what came of it. */
export function sentenceOf({ name, by, breach, stopped, problem }: Kill): string {
  const why = breach === undefined ? 'asked for' : `ratio ${breach.ratio} over ${breach.maximum}`;
  return `kill job:${name}, ${why} by ${by}: ${stopped?.message ?? problem}`;
}

export function fieldsOf({ name, by, breach, stopped, problem }: Kill): Readonly<Record<string, unknown>> {
  const { signals, after } = stopped ?? {};
  return { at: new Date().toISOString(), job: name, by, ...breach, signals, after, problem };
}
