import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PERIOD_US = 10_000;
const GROUPS = '/sys/fs/cgroup';

/**
 * Holds programs to a share of a core each by control groups of Linux, also while cores have nothing to do.
 * @param {string} name of the groups, which must not be there
 * @param {number} count of programs
 * @param {number} share of a core
 * @returns {Promise<{ command: (command: string[], at: number) => string[], remove: () => Promise<void> } | undefined>}
 *   undefined where such groups can't be made: on other systems, and by users who may not. command: what starts a
 *   program in the group of that number; remove: to be called when they have ended
 */
export async function heldCores(name, count, share) {
  const folders = [];
  const remove = async () => {
    for (const folder of folders) await removeGroup(folder);
  };
  while (folders.length < count) {
    const folder = makeGroup(`${name}-${folders.length}`, share);
    if (folder === undefined) {
      await remove();
      return undefined;
    }
    folders.push(folder);
  }
  return {
    command: (command, at) => ['sh', '-c', `echo $$ > ${folders[at]}/cgroup.procs && exec "$@"`, 'sh', ...command],
    remove,
  };
}

/** @returns {string | undefined} its folder */
function makeGroup(name, share) {
  const quota = Math.round(share * PERIOD_US);
  // Version 1 has a folder for each controller, version 2 one for all of them.
  const isFirst = existsSync(`${GROUPS}/cpu`);
  const folder = isFirst ? `${GROUPS}/cpu/${name}` : `${GROUPS}/${name}`;
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  try {
    if (isFirst) {
      writeFileSync(`${folder}/cpu.cfs_period_us`, `${PERIOD_US}`);
      writeFileSync(`${folder}/cpu.cfs_quota_us`, `${quota}`);
    } else {
      writeFileSync(`${folder}/cpu.max`, `${quota} ${PERIOD_US}`);
    }
    return folder;
  } catch {
    rmdirSync(folder);
    return undefined;
  }
}

async function removeGroup(folder) {
  // A process that has just ended is in its group for a moment still.
  for (let tries = 0; tries < 50; tries++) {
    try {
      rmdirSync(folder);
      return;
    } catch {
      await sleep(100);
    }
  }
}
