import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { python } from './python.mjs';

/**
 * A program that gives the newest record per channel and day, as lines of JSON.
 *
 * @typedef {object} Program
 * @property {string} id
 * @property {string} name
 * @property {(format: string, path: string) => string[]} command what to run; the path is `-` for a pipe
 * @property {() => string | undefined} version undefined where it is not on this machine
 * @property {string} [howToInstall]
 * @property {boolean} [once] so slow that one round must do
 * @property {boolean} [givesNoAnswer] what it prints is not compared
 * @property {string[]} [sources] where it is run; absent: from a file and from a pipe
 */

/** @type {Program} */
export const freshet = {
  id: 'freshet',
  name: 'freshet',
  // From a pipe rows would otherwise be updated each second; the peers write each of them once.
  command: (format, path) => [
    ...['node', 'bin/freshet.js', 'aggregate', 'daily', '--emit', 'close', '--from', path],
    ...(path === '-' ? ['--from-format', format] : []),
  ],
  version: () => JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
};

/** @type {Program} */
export const freshet2 = {
  ...freshet,
  id: 'freshet-2',
  name: 'freshet (2 threads)',
  command: (format, path) => [...freshet.command(format, path), '--threads', '2'],
  sources: ['file'],
};

/** @type {Program} */
export const freshetVersion = {
  ...freshet,
  id: 'freshet-version',
  name: 'freshet --version',
  command: () => ['node', 'bin/freshet.js', '--version'],
  givesNoAnswer: true,
};

/** @type {Program} */
export const nodeNothing = {
  id: 'node-nothing',
  name: 'node -e 0',
  command: () => ['node', '-e', '0'],
  version: () => process.versions.node,
  givesNoAnswer: true,
};

/** @returns {Program} */
function duckdb(threads) {
  return {
    id: `duckdb-${threads}`,
    name: threads === 1 ? 'DuckDB (1 thread)' : `DuckDB (${threads} threads)`,
    command: (format, path) => [
      ...[python(), 'bench/peers/duckdb_newest.py', format, path === '-' ? '/dev/stdin' : path],
      String(threads),
    ],
    version: () => firstLine([python(), '-c', 'import duckdb; print(duckdb.__version__)']),
    howToInstall: 'sh bench/setup.sh, or name a Python that has it in FRESHET_PYTHON',
  };
}

export const duckdb1 = duckdb(1);
export const duckdb2 = duckdb(2);

/** @type {Program} */
export const miller = {
  id: 'miller',
  name: 'Miller',
  command: (format, path) => [
    ...['mlr', format === 'csv' ? '--icsv' : '--ijsonl', '--ojsonl', 'put', '-q', '-f', 'bench/peers/newest.mlr'],
    ...(path === '-' ? [] : [path]),
  ],
  version: () => firstLine(['mlr', '--version'])?.replace(/^(mlr|miller) (version )?/, ''),
  howToInstall: 'apt-get install miller',
  once: true,
};

/** @type {Program} */
export const nodeLines = {
  id: 'node',
  name: 'Node (readline)',
  command: (format, path) => ['node', 'bench/peers/node-lines.mjs', format, path],
  version: () => process.versions.node,
};

/** @type {Program} */
export const nodeReads = {
  id: 'node-reads',
  name: 'Node (reads alone)',
  command: (_format, path) => ['node', 'bench/peers/node-reads.mjs', path],
  version: () => process.versions.node,
  givesNoAnswer: true,
};

/** @type {Program} */
export const avsc = {
  id: 'avsc',
  name: 'avsc',
  command: (_format, path) => ['node', 'bench/peers/avsc-newest.mjs', path],
  version: () =>
    JSON.parse(readFileSync(new URL('../node_modules/avsc/package.json', import.meta.url), 'utf8')).version,
};

/** @type {Program} */
export const wc = {
  id: 'wc',
  name: 'wc -l (the floor)',
  command: (_format, path) => (path === '-' ? ['wc', '-l'] : ['wc', '-l', path]),
  version: () => firstLine(['wc', '--version'])?.replace('wc (GNU coreutils) ', ''),
  givesNoAnswer: true,
};

function firstLine([program, ...words]) {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n', 1)[0].trim() : undefined;
}
