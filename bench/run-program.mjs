import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.mjs';
import { python } from './python.mjs';

const MEASURE = fileURLToPath(new URL('measure.py', import.meta.url));
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

function succeeded(command, { status, signal, error, stderr }) {
  if (status === 0) return;
  const why = error?.message ?? (signal ? `it was stopped by ${signal}` : `its status is ${status}`);
  throw new BenchError(`${command.join(' ')} failed: ${why}\n${stderr ?? ''}`);
}
