import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

/** What a command line left behind. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** A server that cases use, with a database of its own for each. */
export interface CaseServer {
  /** Makes a database, and gives its URI with user and password. */
  database(): Promise<string>;
}

/** A folder with the executable `freshet` in it, to be the first of PATH. */
export function executableFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-bin-'));
  const file = join(folder, 'freshet');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${ROOT}bin/freshet.js' "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}

/** The environment of a case: nothing of the user's that could change an answer. */
export function environmentOf(bin: string): NodeJS.ProcessEnv {
  return {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    // A zone that no expected output is in: the environment's zone must not matter.
    TZ: 'Pacific/Chatham',
    TMPDIR: tmpdir(),
    FIXTURES,
  };
}

/** Runs `text` with sh in `cwd`. Bytes of the output that are no UTF-8 are written as \xNN. */
export function runShell(
  text: string,
  cwd: string,
  bin: string,
  input?: Uint8Array,
  variables: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // Jobs, and what monitors have done, are each case's own.
    const env = { ...environmentOf(bin), XDG_STATE_HOME: join(cwd, '.state'), ...variables };
    const child = spawn('sh', ['-c', text], { cwd, env, stdio: 'pipe' });
    const chunks: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] };
    child.stdout.on('data', (chunk: Buffer) => chunks.out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.err.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({
        out: readable(Buffer.concat(chunks.out)),
        err: readable(Buffer.concat(chunks.err)),
        status: status ?? -1,
      });
    });
    // A command may end before it has read all of it.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/**
 * A case's folder: `cmd`, `input` for its standard input, other files that it finds where it runs, and what it must
 * leave. One with a file `needs` that says `mysql` finds the URI of an empty database in $MYSQL and its password in
 * $MYSQL_PWD; in what it writes that URI is `mysql://freshet@server/yt`.
 */
export interface Case {
  readonly name: string;
  readonly folder: string;
  readonly needsMysql: boolean;
}

const EXPECTED = ['expout', 'experr', 'expstatus'] as const;
const NOT_COPIED = new Set<string>(['cmd', 'input', 'needs', ...EXPECTED]);

/** Every case, as AREA/NAME. */
export function findCases(): Case[] {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const areas = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'fixtures',
  );
  return areas
    .flatMap(({ name: area }) => readdirSync(join(root, area)).map((name) => `${area}/${name}`))
    .sort()
    .map((name) => {
      const folder = join(root, name);
      return { name, folder, needsMysql: needsOf(folder) === 'mysql' };
    });
}

/** @param mysql for a case that needs it */
export async function runCase({ folder, needsMysql }: Case, bin: string, mysql?: CaseServer): Promise<Outcome> {
  if (needsMysql && mysql === undefined) throw new Error(`${folder} needs a MySQL`);
  const cwd = mkdtempSync(join(tmpdir(), 'freshet-case-'));
  try {
    for (const name of readdirSync(folder)) if (!NOT_COPIED.has(name)) cpSync(join(folder, name), join(cwd, name));
    const input = join(folder, 'input');
    const uri = needsMysql ? await mysql?.database() : undefined;
    const { out, err, status } = await runShell(
      readFileSync(join(folder, 'cmd'), 'utf8'),
      cwd,
      bin,
      existsSync(input) ? readFileSync(input) : undefined,
      uri === undefined ? {} : mysqlVariables(uri),
    );
    return { out: withoutServer(out, uri), err: withoutServer(err, uri), status };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function needsOf(folder: string): string | undefined {
  const file = join(folder, 'needs');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

function mysqlVariables(uri: string): NodeJS.ProcessEnv {
  const { username, password, host, pathname } = new URL(uri);
  return { MYSQL: `mysql://${username}@${host}${pathname}`, MYSQL_PWD: password };
}

/** Ports, names of databases and of the server's users differ from run to run. */
function withoutServer(text: string, uri: string | undefined): string {
  if (uri === undefined) return text;
  const { username, host, pathname } = new URL(uri);
  return text.replaceAll(pathname.slice(1), 'yt').replaceAll(host, 'server').replaceAll(username, 'freshet');
}

/** A file that is missing says: nothing on that stream, or status 0. */
export function expectedOf({ folder }: Case): Outcome {
  const [out, err, status] = EXPECTED.map((name) => join(folder, name)).map((file) =>
    existsSync(file) ? readFileSync(file, 'utf8') : '',
  );
  return { out, err, status: Number(status) };
}

export function writeExpected({ folder }: Case, { out, err, status }: Outcome): void {
  const texts = { expout: out, experr: err, expstatus: status === 0 ? '' : `${status}\n` };
  for (const name of EXPECTED) {
    const file = join(folder, name);
    if (texts[name] === '') rmSync(file, { force: true });
    else writeFileSync(file, texts[name]);
  }
}

/** At most `most` of the functions given to the result run at the same time. */
export function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

function readable(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}
