/** The shortest text that reads back as the same float (IEEE 754 single: nine digits always do). */
export function floatText(value: number): string {
  const single = Math.fround(value);
  // Number.prototype.toPrecision() knows no sign of 0.
  if (Object.is(single, -0)) return '-0';
  for (let digits = 6; digits < 9; digits++) {
    const text = single.toPrecision(digits);
    if (Math.fround(Number(text)) === single) return String(Number(text));
  }
  return String(Number(single.toPrecision(9)));
}
