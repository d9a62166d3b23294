/** The shortest text that reads back as the same float (IEEE 754 single: nine digits always do). */
export function floatText(value: number): string {
  const single = Math.fround(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = single.toPrecision(digits);
    if (Math.fround(Number(text)) === single) return plain(text);
  }
  return plain(single.toPrecision(9));
}

function plain(text: string): string {
  const value = Number(text);
  return Object.is(value, -0) ? '-0' : String(value);
}
