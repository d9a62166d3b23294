import { UsageError } from '../records/errors.js';
import { masked } from '../records/uri-password.js';
import type { Action } from './action.js';
import { KillJob } from './kill-job.js';
import { KillOverHttp } from './kill-over-http.js';
import { KillProcess } from './kill-process.js';

export interface KillOptions {
  /** Milliseconds between TERM and KILL. */
  readonly grace: number;
  readonly stateFolder: string;
  /** For an orchestrator. */
  readonly token?: string;
}

/** What a `--target` names: `job:NAME`, `pid:N` or `http://HOST:PORT#NAME`. @throws UsageError */
export async function killTarget(target: string, options: KillOptions): Promise<Action> {
  const [, scheme, rest = ''] = /^(job|pid):(.*)$/.exec(target) ?? [];
  if (scheme === 'job') return KillJob.of(rest, options);
  if (scheme === 'pid') return new KillProcess(rest, options.grace);
  if (/^https?:\/\//.test(target)) return new KillOverHttp(target, options);
  throw new UsageError(
    `--target ${masked(target)}: it is not known what that is`,
    'Give job:NAME, pid:N, or http://HOST:PORT#NAME for a job of an orchestrator.',
  );
}
