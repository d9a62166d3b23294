import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { PEAK } from './goals.mjs';

/** The figures of one set from one source: a table, and freshet against its goals. Markdown. */
export function reportOf({ set, source, entries, medians, rounds, goals, context }) {
  const mine = medians.get('freshet');
  const rows = entries.map(({ program }) => {
    const { wall, cpu, peak } = medians.get(program.id);
    return [
      program.once ? `${program.name} (one round)` : program.name,
      ...[wall.toFixed(2), cpu.toFixed(2), PEAK.show(peak)],
      ...[(mine.wall / wall).toFixed(2), (mine.cpu / cpu).toFixed(2)],
    ];
  });
  const header = [
    `median of ${rounds}`,
    'wall s',
    'CPU s',
    'peak',
    'freshet’s wall / its wall',
    'freshet’s CPU / its CPU',
  ];
  const lines = [`### ${set.title}, from a ${source}`, '', ...table(header, rows), '', ...states(set, context)];
  for (const goal of goals) lines.push(goalLine(goal, goal.value(context)));
  return `${lines.join('\n')}\n`;
}

/** What the figures were taken on. */
export function heading({ programs, records }) {
  const processors = cpus();
  const [load] = loadavg();
  const versions = programs.map(({ name, version }) => `${name.replace(/ (\(.*\)|-.*)/, '')} ${version()}`);
  const lines = [
    `${records.toLocaleString('en-US')} records a set, the newest per channel and day. ${new Date().toISOString().slice(0, 10)}.`,
    `${processors.length} × ${processors[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release().split('-')[0]}, Node ${process.versions.node}.`,
    `${[...new Set(versions)].join(', ')}.`,
  ];
  if (load > 0.25 * processors.length) {
    lines.push(
      `**Other work was on the machine (load ${load.toFixed(1)} at the start): go by CPU rather than by wall.**`,
    );
  }
  return `${lines.join('\n\n')}\n`;
}

function states({ memoryBase }, { base, medians, answer }) {
  if (memoryBase === undefined || base === undefined) return [];
  const bytes = (medians.get('freshet').peak - base.peak) / answer.rows;
  const key = answer.keyBytes / answer.rows;
  return [
    `- ${answer.rows.toLocaleString('en-US')} states, ${bytes.toFixed(1)} bytes each over the peak with 1000 channels; ${key.toFixed(1)} of them are a state's share of the keys`,
  ];
}

/** @param {Goal} goal of goals.mjs @param {number | undefined} value */
export function goalLine({ name, limit, show, least = false }, value) {
  if (value === undefined) return `- ${name}: not measured`;
  if (limit === undefined) return `- ${name}: ${show(value)}`;
  const isMet = least ? value >= limit : value <= limit;
  return `- ${name}: ${show(value)} (goal: ${show(limit)} or ${least ? 'more' : 'less'}): ${isMet ? 'met' : '**not met**'}`;
}

/** Lines of Markdown: texts to the left in the first column, figures to the right in the others. */
export function table(header, rows) {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(header), rule, ...rows.map(line)];
}
