import { printable } from '../../records/printable.js';
import type { LiveSource } from '../state/live-source.js';
import type { ViewState } from '../state/view-state.js';
import { count, rateText, spanText } from './figures-text.js';
import type { Palette } from './palette.js';
import { sparkline } from './sparkline.js';
import { fitted, widthOf } from './text-width.js';

const RATES = 20;
const LONGEST_NAME = 40;
const SHORTEST_NAME = 16;
/** Of a name that is cut this much stands before its table. */
const LEAST_HEAD = 4;

/** The first line: the sources, the one that is shown standing out, and those that can't be read with a mark. */
export function tabLine(view: ViewState, width: number, { paint }: Palette): string {
  const title = ' freshet ';
  const room = width - widthOf(title);
  const tabs = (longest: number) =>
    view.tabs.map(({ source }, at) => {
      const isLost = source.state.kind === 'away' || source.state.kind === 'failed';
      const place = view.tabs.length === 1 ? '' : `${at + 1}${isLost ? '!' : ''} `;
      return { at, isLost, text: ` ${place}${shortened(printable(source.name), longest)} ` };
    });
  const roomy = tabs(LONGEST_NAME);
  const share = Math.max(SHORTEST_NAME, Math.floor(room / view.tabs.length) - widthOf(' 1! ') - 1);
  const names = lengthOf(roomy) > room ? tabs(Math.min(share, LONGEST_NAME)) : roomy;
  // The one that is shown is among those that have room.
  let from = 0;
  while (from < view.active && lengthOf(names.slice(from, view.active + 1)) > room) from++;
  let line = paint(title, 'bold');
  let left = room;
  for (const { at, text, isLost } of names.slice(from)) {
    if (left < 4) break;
    const shown = widthOf(text) > left ? fitted(text, left) : text;
    left -= widthOf(shown);
    if (at === view.active) line += paint(shown, 'inverse', 'bold');
    else line += paint(shown, isLost ? 'red' : 'dim');
  }
  return line;
}

/** The second line: how the source goes on. What has no room is left away from the end. */
export function statusLine(view: ViewState, width: number, now: number, clock: number, { paint }: Palette): string {
  const { source, frozen } = view.tab;
  const parts = [
    ...(frozen === undefined ? [] : [{ text: 'paused', painted: paint(' paused ', 'inverse', 'yellow'), pad: 2 }]),
    ...statusParts(source, now, clock).map(({ text, style }) => ({
      text,
      painted: style === undefined ? text : paint(text, style),
      pad: 0,
    })),
  ];
  let line = ' ';
  let left = width - 1;
  for (const { text, painted, pad } of parts) {
    const wide = widthOf(text) + pad + 3;
    if (wide > left + 3) {
      if (line === ' ') return ` ${fitted(text, left)}`;
      continue;
    }
    line += line === ' ' ? painted : paint(' · ', 'dim') + painted;
    left -= wide;
  }
  return line;
}

interface Part {
  readonly text: string;
  readonly style?: 'red' | 'yellow' | 'green' | 'cyan' | 'dim';
}

function statusParts(source: LiveSource, now: number, clock: number): Part[] {
  const { state, table } = source;
  if (state.kind === 'failed') return [{ text: `failed: ${printable(state.reason)}`, style: 'red' }];
  if (state.kind === 'away') return [{ text: awayText(source.name, state, now), style: 'red' }];
  if (state.kind === 'waiting') return [{ text: 'waiting for the first record', style: 'yellow' }];
  const { lag, dead } = source.figures();
  const { watermark, counts, size = 0 } = { watermark: undefined, counts: undefined, ...tableParts(source) };
  const rates = source.rate.last(now).slice(-RATES);
  return [
    state.kind === 'ended' ? { text: 'ended', style: 'yellow' } : { text: 'live', style: 'green' },
    { text: `${count(size)} ${table?.shape.key.length === 0 ? 'records' : 'rows'}` },
    ...(state.kind === 'ended' ? [] : [{ text: rateText(source.rate.perSecond(now)) }]),
    ...(lag === undefined ? [] : [{ text: `lag ${count(lag)}` }]),
    ...(counts === undefined || counts.late === 0
      ? []
      : [{ text: `${count(counts.late)} late`, style: 'yellow' as const }]),
    ...(dead === 0 ? [] : [{ text: `${count(dead)} dead`, style: 'red' as const }]),
    ...(watermark === undefined ? [] : [{ text: watermarkText(watermark, clock) }]),
    ...(counts === undefined || counts.stale === 0 ? [] : [{ text: `${count(counts.stale)} stale` }]),
    ...(counts === undefined || counts.forgotten === 0 ? [] : [{ text: `${count(counts.forgotten)} forgotten` }]),
    ...(state.kind === 'ended' || rates.length < 2
      ? []
      : [{ text: sparkline(rates, rates.length, 0), style: 'cyan' as const }]),
    { text: `${count(source.records)} read`, style: 'dim' },
  ];
}

/** `away for 12 s, trying again: can't be reached: no answer`: who is away stands above it. */
function awayText(name: string, { reason, since }: { reason: string; since: number }, now: number): string {
  const server = `${name.replace(/#.*/, '')} `;
  const why = reason.startsWith(server) ? reason.slice(server.length) : reason;
  return `away for ${spanText(now - since)}, trying again: ${printable(why)}`;
}

/** A name without some of its middle: what it ends with, such as a table, tells more. */
function shortened(name: string, longest: number): string {
  if (widthOf(name) <= longest) return name;
  const end = /#.*$/.exec(name)?.[0] ?? '';
  const left = longest - widthOf(end);
  return left < LEAST_HEAD ? fitted(name, longest) : fitted(name.slice(0, name.length - end.length), left) + end;
}

function tableParts({ table }: LiveSource) {
  return table === undefined ? {} : { watermark: table.watermark, counts: table.counts, size: table.size };
}

function watermarkText(watermark: number, clock: number): string {
  const text = new Date(watermark).toISOString();
  const behind = clock - watermark;
  const away = behind >= 0 ? `${spanText(behind)} behind` : `${spanText(-behind)} ahead`;
  return `watermark ${text.slice(0, 19)}Z, ${away}`;
}

function lengthOf(names: readonly { readonly text: string }[]): number {
  return names.reduce((sum, { text }) => sum + widthOf(text), 0);
}
