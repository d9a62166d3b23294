/** What a look at a service has found. */
interface Finding {
  readonly what: string;
  readonly where: string;
  readonly state: string;
  readonly says: string;
  readonly next?: string;
}

/** Findings in columns, each with what to do next below it; or as one JSON array, a finding a line. */
export function renderFindings(findings: readonly Finding[], format: 'table' | 'json'): string {
  if (format === 'json') return `[\n${findings.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`;
  const columns = (['what', 'where', 'state'] as const).map((name) => ({
    name,
    width: Math.max(...findings.map((one) => one[name].length)),
  }));
  const lines = findings.flatMap((one) => {
    const cells = columns.map(({ name, width }) => one[name].padEnd(width));
    const indent = ' '.repeat(columns.reduce((sum, { width }) => sum + width + 2, 0));
    return [`${cells.join('  ')}  ${one.says}`, ...(one.next === undefined ? [] : [`${indent}${one.next}`])];
  });
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
