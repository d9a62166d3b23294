import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readControlGroups } from '../../../../src/endpoints/produce/proc/control-groups.js';
import { machineId, readMemory, readProcessors } from '../../../../src/endpoints/produce/proc/machine.js';
import { readStat } from '../../../../src/endpoints/produce/proc/proc-stat.js';
import { readProcesses } from '../../../../src/endpoints/produce/proc/processes.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'freshet-proc-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function files(texts: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe('/proc/stat', () => {
  it('gives the counters of all cpus and of each', () => {
    files({
      stat:
        'cpu  5485 1 2841 454286 372 2 51 15 3 4\n' +
        'cpu0 1752 0 925 228911 13 0 18 5 0 0\n' +
        'cpu12 3732 0 1915 225375 358 0 32 9 0 0\n' +
        `intr 274881${' 0'.repeat(200_000)}\n` +
        'ctxt 589455\nbtime 1795233872\nprocesses 5562\nprocs_running 2\nprocs_blocked 0\nsoftirq 176295 0 29496\n',
    });
    const stat = readStat(root);
    expect(stat).toEqual({
      cpu_all: {
        id: 'cpu',
        user: 5485,
        nice: 1,
        system: 2841,
        idle: 454286,
        iowait: 372,
        irq: 2,
        softirq: 51,
        steal: 15,
        guest: 3,
        guest_nice: 4,
      },
      cpus: [expect.objectContaining({ id: 'cpu0', user: 1752 }), expect.objectContaining({ id: 'cpu12', steal: 9 })],
      ctxt: 589455,
      btime: '2026-11-21T04:04:32Z',
      processes: 5562,
      procs_running: 2,
      procs_blocked: 0,
    });
  });

  it('takes the short lines of old kernels', () => {
    files({ stat: 'cpu 1 2 3 4\n' });
    expect(readStat(root)).toMatchObject({ cpu_all: { idle: 4, iowait: 0, steal: 0, guest_nice: 0 }, cpus: [] });
  });

  it('is undefined where there is none', () => {
    expect(readStat(root)).toBeUndefined();
    files({ stat: 'nothing\n' });
    expect(readStat(root)).toBeUndefined();
  });
});

describe('/proc/[pid]/stat', () => {
  const after =
    'S 1 7 7 0 -1 4194560 101 20 3 4 50 60 7 8 20 -5 9 0 231967 3133440 362 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 2 33 0\n';

  it('gives the processes by their number', () => {
    files({ '20/stat': `20 (b) ${after}`, '3/stat': `3 (a) ${after}`, 'self/stat': '9', 'tty/stat': '' });
    const [first, second, ...others] = readProcesses(root);
    expect(others).toEqual([]);
    expect(second?.proc_id).toBe(20);
    expect(first).toEqual({
      proc_id: 3,
      stat_info: {
        pid: 3,
        comm: 'a',
        state: 'S',
        ppid: 1,
        pgrp: 7,
        session: 7,
        minflt: 101,
        majflt: 3,
        utime: 50,
        stime: 60,
        priority: 20,
        nice: -5,
        num_threads: 9,
        starttime: 231967,
        vsize: 3133440,
        rss: 362,
        processor: 1,
        guest_time: 33,
      },
    });
  });

  it('reads names that have spaces, parentheses and line feeds', () => {
    files({ '3/stat': `3 (a) R 9 (x\n) b)) ${after}` });
    expect(readProcesses(root)[0]?.stat_info).toMatchObject({ comm: 'a) R 9 (x\n) b)', state: 'S', ppid: 1 });
  });

  it('leaves out a process that is gone, and takes a kernel that tells less', () => {
    mkdirSync(join(root, '4'));
    files({ '5/stat': '5 (old) R 1 2 3\n' });
    expect(readProcesses(root)).toEqual([
      { proc_id: 5, stat_info: expect.objectContaining({ ppid: 1, pgrp: 2, utime: null, guest_time: null }) },
    ]);
  });
});

describe('the machine', () => {
  it('is named by /etc/machine-id, else by its host name', () => {
    files({ 'machine-id': '3d1219c7c4c5404aaa1f6d2a48adfda4\n', empty: '\n' });
    expect(machineId(join(root, 'machine-id'))).toBe('3d1219c7c4c5404aaa1f6d2a48adfda4');
    expect(machineId(join(root, 'empty'))).toBe(hostname());
    expect(machineId(join(root, 'none'))).toBe(hostname());
  });

  it('tells its memory in kB', () => {
    files({ meminfo: 'MemTotal:       24684084 kB\nMemFree:        24399052 kB\nHugePages_Total:       0\n' });
    expect(readMemory(root)).toMatchObject({ mem_total: 24684084, mem_free: 24399052, mem_available: null });
  });

  it('tells its processors, of x86 and of others', () => {
    files({
      cpuinfo:
        'processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 17\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.142\n' +
        'cache size\t: 1024 KB\nphysical id\t: 0\ncore id\t\t: 0\ncpu cores\t: 2\nflags\t\t: fpu vme de\npower management:\n\n' +
        'processor\t: 1\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n\nHardware\t: board\n\n',
    });
    expect(readProcessors(root)).toEqual([
      {
        id: 0,
        vendor_id: 'AuthenticAMD',
        model: 17,
        model_name: 'AMD EPYC',
        flags: ['fpu', 'vme', 'de'],
        cores: 2,
        mhz: 2596.142,
        cache_size: 1024,
        physical_id: 0,
        core_id: 0,
      },
      {
        id: 1,
        vendor_id: '0x41',
        model: null,
        model_name: null,
        flags: ['fp', 'asimd'],
        cores: null,
        mhz: null,
        cache_size: null,
        physical_id: null,
        core_id: null,
      },
    ]);
  });

  it('tells nothing where there is nothing', () => {
    expect(readProcessors(root)).toEqual([]);
    expect(new Set(Object.values(readMemory(root)))).toEqual(new Set([null]));
  });
});

describe('control groups', () => {
  it('of version 2', () => {
    const stat = 'usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n';
    files({
      'cgroup.controllers': 'cpu memory pids\n',
      'cpu.stat': stat,
      'system.slice/cpu.stat': `${stat}nr_periods 9\nnr_throttled 2\nthrottled_usec 77\n`,
      'system.slice/memory.current': '4096\n',
      'system.slice/memory.max': 'max\n',
      'system.slice/a.service/memory.max': '8192\n',
      'system.slice/a.service/pids.current': '3\n',
    });
    const none = {
      nr_throttled: null,
      throttled_usec: null,
      memory_current: null,
      memory_max: null,
      pids_current: null,
    };
    expect(readControlGroups(root)).toEqual([
      { path: '/', usage_usec: 1500, user_usec: 1000, system_usec: 500, ...none },
      {
        path: '/system.slice',
        usage_usec: 1500,
        user_usec: 1000,
        system_usec: 500,
        nr_throttled: 2,
        throttled_usec: 77,
        memory_current: 4096,
        memory_max: null,
        pids_current: null,
      },
      {
        path: '/system.slice/a.service',
        usage_usec: null,
        user_usec: null,
        system_usec: null,
        ...none,
        memory_max: 8192,
        pids_current: 3,
      },
    ]);
  });

  it('of version 1, from all controllers together', () => {
    files({
      'cpuacct/cpuacct.usage': '2500999\n',
      'cpuacct/cpuacct.stat': 'user 3\nsystem 4\n',
      'cpu/cpu.stat': 'nr_periods 1\nnr_throttled 5\nthrottled_time 9000\n',
      'memory/memory.usage_in_bytes': '4096\n',
      'memory/memory.limit_in_bytes': '9223372036854771712\n',
      'memory/docker/a/memory.limit_in_bytes': '1048576\n',
      'pids/docker/a/pids.current': '7\n',
    });
    const groups = readControlGroups(root);
    expect(groups.map(({ path }) => path)).toEqual(['/', '/docker', '/docker/a']);
    expect(groups[0]).toEqual({
      path: '/',
      usage_usec: 2500,
      user_usec: 30_000,
      system_usec: 40_000,
      nr_throttled: 5,
      throttled_usec: 9,
      memory_current: 4096,
      memory_max: null,
      pids_current: null,
    });
    expect(groups[2]).toMatchObject({ usage_usec: null, memory_max: 1048576, pids_current: 7 });
  });

  it('are none where there is neither', () => {
    expect(readControlGroups(join(root, 'none'))).toEqual([]);
  });
});
