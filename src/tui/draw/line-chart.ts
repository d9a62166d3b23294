import { decimalsOf, numberText } from './figures-text.js';
import type { Palette } from './palette.js';
import { fitted } from './text-width.js';

/** The dots of a braille character by row and column (Unicode, Braille Patterns). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const BRAILLE = 0x2800;
const WIDE = 2;
const HIGH = 4;

export interface ChartLine {
  /** Oldest first; NaN: a gap. */
  readonly values: readonly number[];
  /** Which of them are breaches. */
  readonly marked?: readonly boolean[];
  /** What the values must not be over. */
  readonly limit?: number;
  /** Below the first and the last value. */
  readonly from: string;
  readonly to: string;
}

/** A line chart in braille with its axes. @param height lines, the last of them the time's */
export function lineChart(line: ChartLine, width: number, height: number, { paint }: Palette): string[] {
  const numbers = [...line.values, line.limit ?? Number.NaN].filter(Number.isFinite);
  const [least, greatest] = spread(Math.min(...numbers), Math.max(...numbers));
  const rows = Math.max(1, height - 1);
  const decimals = decimalsOf([...numbers, Number((greatest - least).toPrecision(2))]);
  const labels = labelsOf(least, greatest, rows, decimals);
  const margin = Math.max(...labels.map((label) => label.length));
  const plot = new Plot(Math.max(1, width - margin - 2), rows, least, greatest);
  if (line.limit !== undefined) plot.dashed(line.limit);
  plot.polyline(line.values, line.marked ?? []);
  const lines = labels.map((label, row) => {
    const axis = paint(`${label.padStart(margin)} ${label === '' ? '│' : '┤'}`, 'dim');
    return axis + plot.row(row, paint);
  });
  return [...lines, paint(' '.repeat(margin + 2) + timeAxis(line.from, line.to, plot.width), 'dim')];
}

/** A flat line gets room above and below. */
function spread(least: number, greatest: number): [number, number] {
  if (!Number.isFinite(least)) return [0, 1];
  if (least !== greatest) return [least, greatest];
  const room = least === 0 ? 1 : Math.abs(least) / 10;
  return [least - room, greatest + room];
}

function labelsOf(least: number, greatest: number, rows: number, decimals: number): string[] {
  return Array.from({ length: rows }, (_, row) => {
    if (row === 0) return numberText(greatest, decimals);
    if (row === rows - 1) return numberText(least, decimals);
    return rows >= 5 && row === (rows - 1) / 2 ? numberText((least + greatest) / 2, decimals) : '';
  });
}

function timeAxis(from: string, to: string, width: number): string {
  if (from.length + to.length + 1 > width) return fitted(to, width, 'right');
  return from + to.padStart(width - from.length);
}

class Plot {
  readonly #dots: Uint8Array;
  readonly #marks: Uint8Array;
  readonly #limits: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly least: number,
    readonly greatest: number,
  ) {
    this.#dots = new Uint8Array(width * height);
    this.#marks = new Uint8Array(width * height);
    this.#limits = new Uint8Array(width * height);
  }

  /** @param marked by value: whether it stands out */
  polyline(values: readonly number[], marked: readonly boolean[]): void {
    const last = Math.max(1, values.length - 1);
    let before: { readonly x: number; readonly y: number } | undefined;
    for (const [at, value] of values.entries()) {
      if (!Number.isFinite(value)) {
        before = undefined;
        continue;
      }
      const x = values.length === 1 ? this.width * WIDE - 1 : Math.round((at / last) * (this.width * WIDE - 1));
      const y = this.#y(value);
      this.#stroke(before ?? { x, y }, { x, y });
      if (marked[at] === true) this.#marks[this.#cell(x, y)] = 1;
      before = { x, y };
    }
  }

  dashed(value: number): void {
    const y = this.#y(value);
    for (let x = 0; x < this.width * WIDE; x++) {
      if (x % 4 < 2) this.#dot(x, y);
      this.#limits[this.#cell(x, y)] = 1;
    }
  }

  row(row: number, paint: Palette['paint']): string {
    let text = '';
    for (let column = 0; column < this.width; column++) {
      const cell = row * this.width + column;
      const character = this.#dots[cell] === 0 ? ' ' : String.fromCharCode(BRAILLE + this.#dots[cell]);
      if (this.#marks[cell] === 1) text += paint('●', 'red', 'bold');
      else if (character === ' ') text += ' ';
      else text += this.#limits[cell] === 1 ? paint(character, 'yellow') : paint(character, 'cyan');
    }
    return text;
  }

  #stroke(from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }): void {
    const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      this.#dot(Math.round(from.x + (to.x - from.x) * share), Math.round(from.y + (to.y - from.y) * share));
    }
  }

  #dot(x: number, y: number): void {
    this.#dots[this.#cell(x, y)] |= DOTS[y % HIGH]?.[x % WIDE] ?? 0;
  }

  #cell(x: number, y: number): number {
    return Math.floor(y / HIGH) * this.width + Math.floor(x / WIDE);
  }

  /** Dots from the top. */
  #y(value: number): number {
    const share = (value - this.least) / (this.greatest - this.least);
    return Math.round((1 - share) * (this.height * HIGH - 1));
  }
}
