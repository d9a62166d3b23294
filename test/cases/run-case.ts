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
export function runShell(text: string, cwd: string, bin: string, input?: Uint8Array): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', text], { cwd, env: environmentOf(bin), stdio: 'pipe' });
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

/** A case's folder: `cmd`, `input` for its standard input, other files that it finds where it runs, and what it must leave. */
export interface Case {
  readonly name: string;
  readonly folder: string;
}

const EXPECTED = ['expout', 'experr', 'expstatus'] as const;
const NOT_COPIED = new Set<string>(['cmd', 'input', ...EXPECTED]);

/** Every case, as AREA/NAME. */
export function findCases(): Case[] {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const areas = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'fixtures',
  );
  return areas
    .flatMap(({ name: area }) => readdirSync(join(root, area)).map((name) => `${area}/${name}`))
    .sort()
    .map((name) => ({ name, folder: join(root, name) }));
}

export async function runCase({ folder }: Case, bin: string): Promise<Outcome> {
  const cwd = mkdtempSync(join(tmpdir(), 'freshet-case-'));
  try {
    for (const name of readdirSync(folder)) if (!NOT_COPIED.has(name)) cpSync(join(folder, name), join(cwd, name));
    const input = join(folder, 'input');
    return await runShell(
      readFileSync(join(folder, 'cmd'), 'utf8'),
      cwd,
      bin,
      existsSync(input) ? readFileSync(input) : undefined,
    );
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
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
