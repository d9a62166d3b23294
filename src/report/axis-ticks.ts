const ABOUT = 4;
/** From here on numbers are shown with a power of ten. */
const LARGE = 1e9;
/** What differs by no more of its size, or is this near to zero, is a flat line, which gets room above and below. */
const ROUNDING = 1e-9;
const SMALLEST = 1e-300;

/** Round numbers at equal distances, the first not above the least and the last not below the greatest of some values. */
export function ticksOf(least: number, greatest: number): number[] {
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const isFlat = greatest - least <= size * ROUNDING || size < SMALLEST;
  const room = size < SMALLEST ? 1 : size / 10;
  const [from, to] = isFlat ? [least - room, greatest + room] : [least, greatest];
  const step = roundStep((to - from) / ABOUT);
  const [first, last] = [Math.floor(from / step), Math.ceil(to / step)];
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** `25,000`, `0.291667`, `1.5e+12` */
export function tickText(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return Math.abs(rounded) >= LARGE
    ? rounded.toExponential()
    : rounded.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

/** The least of 1, 2 and 5 times a power of ten that is not below it. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return (([1, 2, 5] as const).find((digit) => digit * power >= step) ?? 10) * power;
}
