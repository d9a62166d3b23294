import { execFileSync } from 'node:child_process';
import type { LiveProcess, ProcessTable } from './process-table.js';

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=';

/** The processes as ps tells them, where there is no /proc (macOS, the BSDs). Start times are in seconds. */
export const psTable: ProcessTable = {
  find: (pid) => ask(['-p', String(pid)])[0],
  ofGroup: (group) => ask(['-A']).filter((one) => one.group === group),
};

function ask(which: readonly string[]): LiveProcess[] {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  return outputOf(['-o', COLUMNS, ...which], env)
    .split('\n')
    .flatMap(parseLine);
}

/** It ends with 1 where there is no such process. */
function outputOf(words: readonly string[], env: NodeJS.ProcessEnv): string {
  try {
    return execFileSync('ps', words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** `4711 1 4711 Ss Sun Nov 22 01:44:35 2026`. */
function parseLine(line: string): LiveProcess[] {
  const parts = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
  if (parts === null) return [];
  const [, pid, parent, group, state = '', started = ''] = parts;
  if (state.startsWith('Z')) return [];
  return [
    {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      started,
      startedAt: Date.parse(`${started} UTC`),
    },
  ];
}
