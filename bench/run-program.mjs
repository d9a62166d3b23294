import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.mjs';
import { python } from './python.mjs';

const MEASURE = fileURLToPath(new URL('measure.py', import.meta.url));
/** The exit status of freshet when SIGTERM has ended it. */
const STOPPED = 143;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a program with its output to a file; with `piped` it reads `cat FILE` through a pipe.
 * @param {string[]} command
 * @param {{ output: string, piped?: string }} ends
 */
export function runProgram(command, { output, piped }) {
  const script = piped === undefined ? '"$@" > "$OUTPUT"' : 'cat "$PIPED" | "$@" > "$OUTPUT"';
  const env = { ...process.env, OUTPUT: output, PIPED: piped ?? '' };
  succeeded(command, spawnSync('sh', ['-c', script, 'sh', ...command], { cwd: ROOT, env, encoding: 'utf8' }));
}

/**
 * The same, measured.
 * @returns {{ wall: number, cpu: number, peak: number }} seconds, seconds, bytes
 */
export function measureProgram(command, { output, piped }) {
  const run = spawnSync(python(), [MEASURE, output, piped ?? '-', ...command], { cwd: ROOT, encoding: 'utf8' });
  succeeded([python(), 'measure.py'], run);
  const { status, ...usage } = JSON.parse(run.stdout.slice(run.stdout.lastIndexOf('{')));
  succeeded(command, { ...run, status });
  return usage;
}

/**
 * Starts a program that goes on until it is stopped.
 * @returns {{ ended: Promise<void>, stop: () => Promise<{ wall: number, cpu: number, peak: number }>, kill: () => void }}
 *   ended: rejects when it ends before stop() or kill(); stop: sends SIGTERM and gives what the program took;
 *   kill: ends it at once
 */
export function startProgram(command) {
  const child = spawn(python(), [MEASURE, '/dev/null', '-', ...command], { cwd: ROOT });
  const [printed, said] = [[], []];
  child.stdout.on('data', (chunk) => printed.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  const closed = new Promise((resolve) => child.on('close', resolve));
  let stopped = false;
  const ended = closed.then(() => {
    if (!stopped) throw new BenchError(`${command.join(' ')} has ended\n${Buffer.concat(said)}`);
  });
  ended.catch(() => {});
  return {
    ended,
    stop: async () => {
      stopped = true;
      child.kill('SIGTERM');
      await closed;
      const { status, ...usage } = JSON.parse(Buffer.concat(printed).toString());
      succeeded(command, { status: status === STOPPED ? 0 : status, stderr: Buffer.concat(said).toString() });
      return usage;
    },
    kill: () => {
      stopped = true;
      child.kill('SIGUSR1');
    },
  };
}

function succeeded(command, { status, signal, error, stderr }) {
  if (status === 0) return;
  const why = error?.message ?? (signal ? `it was stopped by ${signal}` : `its status is ${status}`);
  throw new BenchError(`${command.join(' ')} failed: ${why}\n${stderr ?? ''}`);
}
