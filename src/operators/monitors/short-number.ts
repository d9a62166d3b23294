const DIGITS = 4;

/** A number as a sentence has it: as many digits as it takes to tell it from the one that it is compared with. */
export function shortNumber(value: number, other = Number.NaN): string {
  for (let digits = DIGITS; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (short !== other) return String(short);
  }
  return String(value);
}
