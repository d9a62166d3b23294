import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { sentenceOf } from '../endpoints/system-error.js';
import { ServiceError } from '../records/errors.js';

/**
 * Where freshet keeps what outlives a run. XDG Base Directory Specification 0.8: a path that is not absolute is not
 * looked at.
 */
export function stateFolder(): string {
  const { XDG_STATE_HOME: given = '' } = process.env;
  return join(isAbsolute(given) ? given : join(homedir(), '.local/state'), 'freshet');
}

/** Makes a folder that nobody else looks into. @throws ServiceError */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ServiceError(
      `${path} can't be made: ${sentenceOf(error)}`,
      'XDG_STATE_HOME says where freshet keeps its state.',
      { cause: error },
    );
  }
}
