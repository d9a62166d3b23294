import { readdirSync } from 'node:fs';
import type { Row } from '../../../records/value.js';
import { systemFile } from './system-file.js';

/** The numbers of /proc/[pid]/stat that are kept, with their places in proc_pid_stat(5). */
const NUMBERS: Readonly<Record<string, number>> = {
  ppid: 4,
  pgrp: 5,
  session: 6,
  minflt: 10,
  majflt: 12,
  utime: 14,
  stime: 15,
  priority: 18,
  nice: 19,
  num_threads: 20,
  starttime: 22,
  vsize: 23,
  rss: 24,
  processor: 39,
  guest_time: 43,
};

/** The processes that there are, by their number. One that ends while it is read is left out. */
export function readProcesses(proc: string): Row[] {
  const ids = readdirSync(proc)
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other);
  return ids.flatMap((id) => {
    const stat = parseProcess(systemFile(`${proc}/${id}/stat`) ?? '');
    return stat === undefined ? [] : [{ proc_id: id, stat_info: stat }];
  });
}

/** One /proc/[pid]/stat. The program's name may have spaces and parentheses: it ends at the last one. */
function parseProcess(text: string): Row | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const [state = '', ...numbers] = text.slice(close + 2).split(' ');
  const stat: Row = { pid: Number(text.slice(0, open)), comm: text.slice(open + 1, close), state };
  for (const [name, place] of Object.entries(NUMBERS)) {
    const number = numbers[place - 4];
    stat[name] = number === undefined ? null : Number(number);
  }
  return stat;
}
