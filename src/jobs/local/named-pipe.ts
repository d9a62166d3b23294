import { execFileSync } from 'node:child_process';
import { constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { ServiceError } from '../../records/errors.js';

/**
 * A pipe whose one end is given to a process. Node's own are sockets, which can't be opened as /dev/stderr is; this one
 * has a name until both ends are open.
 * @throws ServiceError
 */
export function openPipe(folder: string): { readonly readEnd: Socket; readonly writeEnd: number } {
  const path = join(folder, `pipe-${process.pid}`);
  try {
    rmSync(path, { force: true });
    execFileSync('mkfifo', ['-m', '600', path], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    // Not to wait for the other end.
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeEnd = openSync(path, constants.O_WRONLY);
    return { readEnd: new Socket({ fd: readEnd, readable: true, writable: false }), writeEnd };
  } catch (error) {
    throw new ServiceError(`${path} can't be made: ${error instanceof Error ? error.message : error}`, undefined, {
      cause: error,
    });
  } finally {
    rmSync(path, { force: true });
  }
}
