import { existsSync, readdirSync } from 'node:fs';
import type { Row } from '../../../records/value.js';
import { namedValues, systemFile, systemNumber, wholeNumberOf } from './system-file.js';

/** Groups that are read at most: a sample stays bounded on a machine that never cleans up. */
const MOST_GROUPS = 10_000;
/** Microseconds of a tick of USER_HZ (1/100 s). */
const TICK = 10_000;
/** Version 1 has a huge number for no limit. */
const NO_LIMIT = 2 ** 62;

/**
 * The control groups below a mount point (/sys/fs/cgroup), ordered by path: of version 2 where it is mounted alone
 * (it has cgroup.controllers), else those of version 1's controllers together. Empty where there is neither.
 */
export function readControlGroups(mount: string): Row[] {
  if (existsSync(`${mount}/cgroup.controllers`)) {
    return groupPaths([mount]).map((path) => unified(`${mount}${path}`, path || '/'));
  }
  const mounts: Controllers = {
    account: firstOf([`${mount}/cpuacct`, `${mount}/cpu,cpuacct`]),
    cpu: firstOf([`${mount}/cpu`, `${mount}/cpu,cpuacct`]),
    memory: firstOf([`${mount}/memory`]),
    pids: firstOf([`${mount}/pids`]),
  };
  const known = Object.values(mounts).filter((one): one is string => one !== undefined);
  return groupPaths(known).map((path) => separate(mounts, path));
}

/** Where each of version 1's controllers is mounted. */
type Controllers = Readonly<Record<'account' | 'cpu' | 'memory' | 'pids', string | undefined>>;

function firstOf(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** The paths of all groups below some mount points, each once; the root's is empty. */
function groupPaths(mounts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const mount of mounts) {
    const waiting = [''];
    for (let path = waiting.pop(); path !== undefined && found.size < MOST_GROUPS; path = waiting.pop()) {
      found.add(path);
      for (const child of childrenOf(`${mount}${path}`)) waiting.push(`${path}/${child}`);
    }
  }
  return [...found].sort();
}

function childrenOf(group: string): string[] {
  try {
    return readdirSync(group, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return []; // It was removed meanwhile.
  }
}

/** A group of version 2 (Documentation/admin-guide/cgroup-v2.rst). */
function unified(group: string, path: string): Row {
  const cpu = namedValues(systemFile(`${group}/cpu.stat`), ' ');
  const figure = (name: string): number | null => wholeNumberOf(cpu.get(name));
  return {
    path,
    usage_usec: figure('usage_usec'),
    user_usec: figure('user_usec'),
    system_usec: figure('system_usec'),
    nr_throttled: figure('nr_throttled'),
    throttled_usec: figure('throttled_usec'),
    memory_current: systemNumber(`${group}/memory.current`),
    memory_max: systemNumber(`${group}/memory.max`),
    pids_current: systemNumber(`${group}/pids.current`),
  };
}

/** A group of version 1 (Documentation/admin-guide/cgroup-v1), from each controller that has it. */
function separate({ account, cpu, memory, pids }: Controllers, path: string): Row {
  const text = (mount: string | undefined, file: string): string | undefined =>
    mount === undefined ? undefined : systemFile(`${mount}${path}/${file}`);
  const ticks = namedValues(text(account, 'cpuacct.stat'), ' ');
  const quota = namedValues(text(cpu, 'cpu.stat'), ' ');
  const limit = wholeNumberOf(text(memory, 'memory.limit_in_bytes'));
  return {
    path: path || '/',
    usage_usec: times(wholeNumberOf(text(account, 'cpuacct.usage')), 1 / 1000),
    user_usec: times(wholeNumberOf(ticks.get('user')), TICK),
    system_usec: times(wholeNumberOf(ticks.get('system')), TICK),
    nr_throttled: wholeNumberOf(quota.get('nr_throttled')),
    throttled_usec: times(wholeNumberOf(quota.get('throttled_time')), 1 / 1000),
    memory_current: wholeNumberOf(text(memory, 'memory.usage_in_bytes')),
    memory_max: limit !== null && limit >= NO_LIMIT ? null : limit,
    pids_current: wholeNumberOf(text(pids, 'pids.current')),
  };
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : Math.floor(value * factor);
}
