import type { Sink } from '../endpoints/endpoint.js';
import { printable } from '../records/printable.js';
import type { RecordSchema } from '../records/schema.js';
import { spanText } from './draw/figures-text.js';
import { isBreach } from './state/alerts.js';
import { LiveSink } from './state/live-sink.js';
import type { LiveSource } from './state/live-source.js';
import type { LiveTable } from './state/live-table.js';

/** A source whose changes are told as lines of words. */
export class PlainSource {
  readonly #changed = new Set<string>();
  readonly #news: string[] = [];
  #isNew = true;

  /** @param most rows that are told each time; of more the number alone is */
  constructor(
    readonly source: LiveSource,
    readonly most: number,
  ) {}

  readonly open = (schema: RecordSchema): Sink => {
    this.source.open(schema);
    const { source } = this;
    return new LiveSink(schema, { write: (batch) => source.write(batch, this.#note) });
  };

  readonly endRound = (): void => this.source.endRound();

  readonly ended = (): void => {
    this.#news.push(`ended, ${rows(this.source.table?.size ?? 0)}`);
  };

  readonly away = (reason: string): void => {
    this.#news.push(`away, and tried again: ${reason}`);
  };

  readonly back = (after: number): void => {
    this.#news.push(`back after ${spanText(Math.max(1000, after))}`);
  };

  readonly failed = (reason: string): void => {
    this.#news.push(`failed: ${reason}`);
  };

  /** What has changed since the last time, oldest change first. */
  takeLines(): string[] {
    const { table, name } = this.source;
    const lines: string[] = [];
    const slots = [...this.#changed].flatMap((key) => table?.slotOf(key) ?? []);
    this.#changed.clear();
    const told = slots.slice(-this.most);
    if (slots.length > told.length) lines.push(`${rows(slots.length - told.length, ' more')} changed`);
    if (table !== undefined) for (const slot of told) lines.push(lineOf(table, slot, this.#isNew));
    if (slots.length > 0) this.#isNew = false;
    lines.push(...this.#news.splice(0));
    const source = name === '' ? '' : `${name}: `;
    return lines.map((line) => printable(source + line));
  }

  /** A key that changes again is told behind the others. */
  readonly #note = (slot: number): void => {
    const key = this.source.table?.keyOf(slot);
    if (key === undefined) return;
    this.#changed.delete(key);
    this.#changed.add(key);
  };
}

/** `el_pais, 2017-08-02: subs 540, 10 more than before; harvest_ts 2017-08-02T10:00:00`. */
function lineOf(table: LiveTable, slot: number, isFirst: boolean): string {
  const { columns, key } = table.shape;
  const names = key.map((place) => table.cells(place).text(slot)).filter((text) => text !== '');
  const rest = columns.flatMap(({ name }, place) => {
    if (key.includes(place)) return [];
    const text = table.cells(place).text(slot);
    if (text === '') return [];
    const delta = place === table.measure && !isFirst ? deltaWords(table.measured(slot) - table.before(slot)) : '';
    return [`${name} ${text}${delta}`];
  });
  // The one that is about all comes first.
  const alert = isBreach(table, slot) ? 'alert: ' : '';
  return `${alert}${names.join(', ')}${names.length === 0 ? '' : ': '}${rest.join(', ')}`;
}

function deltaWords(delta: number): string {
  if (Number.isNaN(delta) || delta === 0) return '';
  const size = Number(Math.abs(delta).toPrecision(12));
  return ` (${size} ${delta > 0 ? 'more' : 'less'} than before)`;
}

function rows(count: number, more = ''): string {
  return `${count.toLocaleString('en-US')}${more} ${count === 1 ? 'row' : 'rows'}`;
}
