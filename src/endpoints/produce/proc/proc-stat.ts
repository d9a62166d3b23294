import type { Row } from '../../../records/value.js';
import { systemFile, wholeNumberOf } from './system-file.js';

/** The columns of a cpu line, in the order of proc_stat(5). Older kernels have fewer. */
const COUNTERS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'];
const FIGURES = ['ctxt', 'processes', 'procs_running', 'procs_blocked'];

/** /proc/stat as the `stat` of ProcessInfo; undefined where it can't be read, or has no cpu line. */
export function readStat(proc: string): Row | undefined {
  const text = systemFile(`${proc}/stat`);
  if (text === undefined) return undefined;
  const stat: Row = {};
  const cpus: Row[] = [];
  for (const line of text.split('\n')) {
    const [name = '', ...values] = line.split(/ +/, COUNTERS.length + 1);
    if (name === 'cpu') stat.cpu_all = counters(name, values);
    else if (/^cpu[0-9]+$/.test(name)) cpus.push(counters(name, values));
    else if (FIGURES.includes(name)) stat[name] = wholeNumberOf(values[0]);
    else if (name === 'btime') stat.btime = isoSeconds(Number(values[0]));
  }
  return stat.cpu_all === undefined ? undefined : { cpu_all: stat.cpu_all, cpus, ...stat };
}

function counters(id: string, values: readonly string[]): Row {
  return { id, ...Object.fromEntries(COUNTERS.map((name, at) => [name, Number(values[at] ?? 0)])) };
}

function isoSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
