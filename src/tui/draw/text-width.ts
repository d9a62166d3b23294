import stringWidth from 'string-width';

const ASCII = /^[\u0020-\u007e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ELLIPSIS = '…';

/** How many cells of a terminal a text takes: two for wide characters. */
export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** A text in exactly so many cells: cut with an ellipsis, or filled with blanks. */
export function fitted(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const wide = widthOf(text);
  if (wide > width) return cut(text, width);
  const blanks = ' '.repeat(width - wide);
  return align === 'left' ? text + blanks : blanks + text;
}

function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (ASCII.test(text)) return text.slice(0, width - 1) + ELLIPSIS;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = stringWidth(segment);
    if (used + wide > width - 1) break;
    kept += segment;
    used += wide;
  }
  return kept + ELLIPSIS + ' '.repeat(width - 1 - used);
}
