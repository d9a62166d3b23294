/** One place of a pattern: a character as it is, any one character (_), or any characters (%). */
type Piece = string | typeof ONE | typeof ANY;
const ONE = Symbol('any one character');
const ANY = Symbol('any characters');

/**
 * SQL's `like`: % stands for any characters, _ for one (a code point), and behind the escape character both stand for
 * themselves, as does the escape character. Letters' case counts.
 * @returns the test, or a sentence's end that says what is wrong with the pattern
 */
export function likeTest(pattern: string, escaping: string | undefined): ((text: string) => boolean) | string {
  const pieces: Piece[] = [];
  let escaped = false;
  for (const character of pattern) {
    if (escaped) {
      if (character !== '%' && character !== '_' && character !== escaping) {
        return `in the pattern the escape character ${escaping} must stand before %, _ or itself`;
      }
      pieces.push(character);
      escaped = false;
    } else if (character === escaping) {
      escaped = true;
    } else {
      pieces.push(character === '%' ? ANY : character === '_' ? ONE : character);
    }
  }
  if (escaped) return `the pattern ends with its escape character ${escaping}`;
  return plainTest(pieces) ?? ((text) => matches(pieces, [...text]));
}

/** The common patterns, which need no matching: `text`, `text%`, `%text`, `%text%`. */
function plainTest(pieces: readonly Piece[]): ((text: string) => boolean) | undefined {
  const from = pieces[0] === ANY ? 1 : 0;
  const to = pieces.length > from && pieces.at(-1) === ANY ? pieces.length - 1 : pieces.length;
  const inner = pieces.slice(from, to);
  if (inner.some((piece) => typeof piece === 'symbol')) return undefined;
  const plain = inner.join('');
  const [before, after] = [from === 1, to < pieces.length];
  if (before && after) return (text) => text.includes(plain);
  if (before) return (text) => text.endsWith(plain);
  if (after) return (text) => text.startsWith(plain);
  return (text) => text === plain;
}

/**
 * Matches from left to right; where it fails, only the last % takes one character more. That is enough, since an
 * earlier % that takes more never helps, and keeps the time within the product of both lengths.
 */
function matches(pieces: readonly Piece[], text: readonly string[]): boolean {
  let [at, place] = [0, 0];
  let [anyPlace, anyFrom] = [-1, 0];
  while (at < text.length) {
    const piece = pieces[place];
    if (piece === ANY) {
      anyPlace = place++;
      anyFrom = at;
    } else if (place < pieces.length && (piece === ONE || piece === text[at])) {
      place++;
      at++;
    } else if (anyPlace >= 0) {
      at = ++anyFrom;
      place = anyPlace + 1;
    } else {
      return false;
    }
  }
  while (pieces[place] === ANY) place++;
  return place === pieces.length;
}
