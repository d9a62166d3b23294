export type Style = 'bold' | 'dim' | 'underline' | 'inverse' | Color;
type Color = 'red' | 'green' | 'yellow' | 'cyan';

/** How each begins and ends (ECMA-48, SGR). */
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  inverse: [7, 27],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};
const COLORS: ReadonlySet<Style> = new Set(['red', 'green', 'yellow', 'cyan']);

/** Paints texts with the terminal's own colours, or without any: what they say is said otherwise, too. */
export class Palette {
  constructor(readonly color: boolean) {}

  readonly paint = (text: string, ...styles: readonly Style[]): string => {
    const codes = styles.filter((style) => this.color || !COLORS.has(style)).map((style) => CODES[style]);
    if (codes.length === 0 || text === '') return text;
    const ends = codes.map(([, end]) => end).reverse();
    return `\u001b[${codes.map(([begin]) => begin).join(';')}m${text}\u001b[${ends.join(';')}m`;
  };
}
