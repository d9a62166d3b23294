import type { Palette } from './palette.js';
import { fitted } from './text-width.js';

const HELP: readonly (readonly [string, string])[] = [
  ['↑ ↓  j k', 'a row up, down'],
  ['PgUp PgDn  b f  ^U ^D', 'a page, half a page'],
  ['Home End  g G', 'the first row, the last'],
  ['← →  h l', 'a column; a number becomes what deltas and charts are of'],
  ['m', 'the next number'],
  ['s', 'sort by the column; again: the other way round'],
  ['< >  r  o', 'sort by the column before, behind; reverse; own order'],
  ['D  C', 'sort by what changed most, by what changed last'],
  ['/', 'filter: rows that hold a text; Escape clears it'],
  ['Enter', 'pick the key that the chart is of; again: let it go'],
  ['c', 'the chart: show or hide'],
  ['Space  p', 'pause; what comes meanwhile is shown afterwards'],
  ['Tab  1-9', 'the next source, the n-th'],
  ['q  ^C', 'quit'],
];
const KEYS = 24;

export function helpLines(width: number, height: number, { paint }: Palette): string[] {
  const lines = HELP.map(([keys, what]) => `  ${paint(fitted(keys, KEYS), 'cyan')}${fitted(what, width - KEYS - 2)}`);
  const head = ['', paint('  Keys', 'bold'), ''];
  const foot = ['', paint('  Escape or ? closes this', 'dim')];
  const all = lines.length + head.length + foot.length <= height ? [...head, ...lines, ...foot] : lines;
  return all.slice(0, height);
}
