import { loadavg } from 'node:os';
import { PEAK } from '../goals.mjs';
import { goalLine, table } from '../report.mjs';
import { mediansOf } from '../trial.mjs';

/** The figures of programs that ran over one topic or several, next to the goals; what was equal, where only that counts. */
export function rollupReport({ title, stage, programs, goals, runs }) {
  const { records, short } = stage.options;
  if (short) return `${title}: the same rows from ${programs.map(({ name }) => name).join('; ')}`;
  const medians = mediansOf(runs);
  const rows = programs.map(({ id, name }) => {
    const { wall, cpu, peak, rows: written, changes, transactions } = medians.get(id);
    return [
      `${name}${runs.get(id).length === 1 && stage.options.rounds > 1 ? ' (one round)' : ''}`,
      ...[wall.toFixed(2), cpu.toFixed(2), ((cpu / records) * 1e6).toFixed(2), PEAK.show(peak)],
      ...[written, changes, transactions].map((count) =>
        count === undefined ? '' : Math.round(count).toLocaleString('en-US'),
      ),
    ];
  });
  const header = ['wall s', 'CPU s', 'µs of CPU a record', 'peak', 'rows', 'changelog records', 'transactions'];
  return partReport(stage, {
    title,
    lines: [...table([`median of ${stage.options.rounds}`, ...header], rows), ''],
    goals: goals.map((goal) => [goal, goal.value({ medians })]),
  });
}

/**
 * A part of results-kafka.md. Parts can be measured one by one: each tells when, and of how much.
 * @param {{ title: string, amount?: string, lines: string[], goals: [Goal, number | undefined][] }} part
 */
export function partReport({ options: { records } }, { title, amount = amountOf(records), lines, goals }) {
  const when = `${amount}. ${new Date().toISOString().slice(0, 10)}, load ${loadavg()[0].toFixed(1)} at the end.`;
  const verdicts = goals.map(([goal, value]) => goalLine(goal, value));
  return `${[`### ${title}`, '', when, '', ...lines, ...verdicts].join('\n')}\n`;
}

export function amountOf(records) {
  return `${records.toLocaleString('en-US')} records`;
}
