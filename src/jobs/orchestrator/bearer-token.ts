import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, sentenceOf } from '../../endpoints/system-error.js';
import { ServiceError, UsageError } from '../../records/errors.js';
import { makePrivateFolder } from '../state-folder.js';

const BYTES = 32;
/** What a header may carry as one (RFC 6750, "b64token"), long enough not to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,512}=*$/;

/** What clients must show, of which only a digest is kept. */
export class BearerToken {
  readonly #digest: Buffer;

  /** @throws UsageError where it is too short, or can't stand in a header */
  constructor(token: string) {
    if (!TOKEN.test(token)) {
      throw new UsageError(
        'the token is no text of 16 to 512 letters, digits and . _ ~ + / -',
        'Make one: openssl rand -hex 32. Without FRESHET_TOKEN freshet makes one itself.',
      );
    }
    this.#digest = digestOf(token);
  }

  /** Whether a request's Authorization header has it. It takes the same time for every wrong one. */
  admits(authorization: string | undefined): boolean {
    const given = /^bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1];
    return timingSafeEqual(digestOf(given ?? ''), this.#digest) && given !== undefined;
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The token of the environment, else the one that the state folder keeps. @param tell told where it is kept @throws UsageError, ServiceError */
export function tokenOf(given: string | undefined, stateFolder: string, tell: (sentence: string) => void): BearerToken {
  if (given !== undefined && given !== '') return new BearerToken(given);
  const { path, token } = keptToken(stateFolder);
  tell(`the token that clients must show is in ${path}`);
  return new BearerToken(token);
}

/**
 * The token that the state folder keeps in a file that only its owner may read; it is made where there is none.
 * @returns the file, and what it holds
 * @throws ServiceError where it can't be read or made
 */
function keptToken(stateFolder: string): { readonly path: string; readonly token: string } {
  const path = join(stateFolder, 'orchestrator-token');
  try {
    makePrivateFolder(stateFolder);
    // What others could have read is no secret any more.
    if (((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0) rmSync(path);
    if (!existsSync(path)) makeToken(path);
    return { path, token: readFileSync(path, 'utf8').trim() };
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError(`the token can't be kept in ${path}: ${sentenceOf(cause)}`, 'Give one in FRESHET_TOKEN.', {
      cause,
    });
  }
}

/** Makes it at once and whole, unless another has been quicker. */
function makeToken(path: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh);
  }
}
