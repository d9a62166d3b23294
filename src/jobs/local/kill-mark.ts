import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'killed';

/**
 * Has a run's supervisor not start it again. It is there before the first signal is sent.
 * @param grace what is left of the run has so many milliseconds to end
 * @throws a system error
 */
export function markKilled(folder: string, grace: number): void {
  writeFileSync(join(folder, FILE), String(grace), { mode: 0o600 });
}

/** The grace that was given; undefined where nobody killed it. */
export function killedWith(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, FILE), 'utf8')) || 0;
  } catch {
    return undefined;
  }
}
