import { hostname } from 'node:os';
import type { Row, Value } from '../../../records/value.js';
import { namedValues, systemFile, wholeNumberOf } from './system-file.js';

/** What names this machine: /etc/machine-id (machine-id(5)), else the host's name. */
export function machineId(path = '/etc/machine-id'): string {
  return systemFile(path)?.trim() || hostname();
}

/** The fields of mem_info, as /proc/meminfo names them. */
const MEMORY: Readonly<Record<string, string>> = {
  mem_total: 'MemTotal',
  mem_free: 'MemFree',
  mem_available: 'MemAvailable',
  buffers: 'Buffers',
  cached: 'Cached',
  swap_cached: 'SwapCached',
  active: 'Active',
  inactive: 'Inactive',
  swap_total: 'SwapTotal',
  swap_free: 'SwapFree',
  dirty: 'Dirty',
  write_back: 'Writeback',
  anon_pages: 'AnonPages',
  mapped: 'Mapped',
  shmem: 'Shmem',
  slab: 'Slab',
  s_reclaimable: 'SReclaimable',
  s_unclaim: 'SUnreclaim',
  kernel_stack: 'KernelStack',
  page_tables: 'PageTables',
  commit_limit: 'CommitLimit',
  committed_as: 'Committed_AS',
};

/** /proc/meminfo in kB; what it does not say is null. */
export function readMemory(proc: string): Row {
  const values = namedValues(systemFile(`${proc}/meminfo`), ':');
  return Object.fromEntries(
    Object.entries(MEMORY).map(([field, name]): [string, Value] => [
      field,
      wholeNumberOf(values.get(name)?.replace(/ kB$/, '')),
    ]),
  );
}

/** /proc/cpuinfo by processor. Its names are those of x86; another architecture's that mean the same are taken too. */
export function readProcessors(proc: string): Row[] {
  const blocks = systemFile(`${proc}/cpuinfo`)?.split(/\n\n+/) ?? [];
  return blocks.flatMap((block) => {
    const values = namedValues(block, ':');
    const id = wholeNumberOf(values.get('processor'));
    if (id === null) return [];
    const flags = values.get('flags') ?? values.get('Features') ?? '';
    const mhz = Number(values.get('cpu MHz'));
    return {
      id,
      vendor_id: values.get('vendor_id') ?? values.get('CPU implementer') ?? null,
      model: wholeNumberOf(values.get('model')),
      model_name: values.get('model name') ?? null,
      flags: flags === '' ? [] : flags.split(/\s+/),
      cores: wholeNumberOf(values.get('cpu cores')),
      mhz: Number.isFinite(mhz) ? mhz : null,
      cache_size: wholeNumberOf(values.get('cache size')?.replace(/ KB$/, '')),
      physical_id: wholeNumberOf(values.get('physical id')),
      core_id: wholeNumberOf(values.get('core id')),
    };
  });
}
