// Holds the arrows of the house: which folder of src/ may import which, and which file may import a package.
// README.md, "How the house is built", draws them.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * What each folder may import, itself and records/ apart: a folder, or one file of it (its contract). A folder's
 * subfolders (codecs/avro, codecs/csv, …) are siblings: they share the folder's own files and never import each other.
 */
const ARROWS = {
  records: [],
  kernel: [],
  compression: ['kernel'],
  expressions: [],
  codecs: ['compression', 'kernel'],
  operators: ['codecs/codec', 'kernel'],
  endpoints: ['codecs/codec', 'compression', 'kernel'],
  stores: ['endpoints/endpoint'],
  report: ['endpoints/endpoint', 'codecs/csv/csv-codec', 'jobs/job'],
  tui: ['endpoints/endpoint'],
  jobs: ['endpoints/http', 'endpoints/listen-address', 'endpoints/system-error'],
  actions: ['endpoints/system-error', 'endpoints/within', 'jobs'],
  pipeline: ['actions', 'codecs', 'endpoints', 'expressions', 'kernel/kernel', 'operators', 'stores'],
  cli: ['actions', 'codecs/codec', 'endpoints', 'expressions', 'operators', 'pipeline', 'report', 'tui'],
  commands: [
    'cli',
    'endpoints/listen-address',
    'endpoints/produce',
    'endpoints/registry',
    'jobs',
    'operators',
    'pipeline',
    'report',
  ],
  'main.ts': ['cli'],
};

/** The files or folders that adapt a package: nobody else imports it. */
const PACKAGES = {
  '@bokuweb/zstd-wasm': ['endpoints/kafka/records/compress-records.ts'],
  '@oclif/core': ['cli/', 'commands/', 'main.ts'],
  avsc: ['records/check-schema.ts'],
  '@node-rs/crc32': ['endpoints/kafka/records/record-batch.ts'],
  'cassandra-driver': ['stores/cassandra/client.ts'],
  'cli-table3': ['report/drawn-table.ts'],
  ink: ['tui/live-view.tsx', 'tui/terminal/live-screen.tsx'],
  react: ['tui/live-view.tsx', 'tui/terminal/live-screen.tsx'],
  fzstd: ['endpoints/decompress.ts'],
  kafkajs: ['endpoints/kafka/client/kafkajs-connection.ts'],
  libsql: ['stores/sqlite/database.ts'],
  mysql2: ['stores/mysql/connection.ts'],
  'string-width': ['tui/draw/text-width.ts'],
  tinyglobby: ['pipeline/open-inputs.ts'],
  yaml: ['cli/monitor-file/yaml-tree.ts'],
};

/** Subfolders that all of their siblings may import. */
const SHARED = ['operators/keys', 'operators/window', 'tui/draw', 'tui/state'];

/** Folders that compute and touch nothing outside of the process. */
const PURE = ['records', 'expressions', 'operators'];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g;

/** A file is one idea. */
const MOST_LINES = 300;

const root = new URL('../src/', import.meta.url).pathname;
const sources = readdirSync(root, { recursive: true }).filter((path) => /\.tsx?$/.test(path));
const files = sources.filter((path) => !path.endsWith('.d.ts') && !path.startsWith('kernel/assembly/')).sort();
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const problems = [...files.flatMap(problemsOf), ...cycles(), ...sources.flatMap(lengthProblem)];

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`The imports of ${files.length} files keep to the arrows.`);

/** What a file imports: `path` within src/, or `name` of a package or of Node's. */
function importsOf(file) {
  return [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(([, type, named, late, bare]) => {
    const from = named ?? late ?? bare;
    const path = from.startsWith('.') ? sourceOf(normalize(join(dirname(file), from))) : undefined;
    return { path, name: path === undefined ? from : undefined, runs: type === undefined && late === undefined };
  });
}

/** The source of what is imported as `.js`. */
function sourceOf(path) {
  const source = path.replace(/\.js$/, '.ts');
  return files.includes(source) ? source : (files.find((file) => file === `${source}x`) ?? source);
}

function problemsOf(file) {
  return imports.get(file).flatMap(({ path, name }) => {
    const problem = path === undefined ? packageProblem(file, name) : arrowProblem(file, path);
    return problem === undefined ? [] : [`src/${file}: ${problem}`];
  });
}

function arrowProblem(file, path) {
  const [from, to] = [folderOf(file), folderOf(path)];
  if (from === to) return siblingProblem(file, path);
  if (to === 'records') return undefined;
  if (!(from in ARROWS)) return `${from}/ has no place in the house: add it to scripts/check-arrows.mjs`;
  const allowed = ARROWS[from].some((one) => path === `${one}.ts` || path.startsWith(`${one}/`));
  return allowed ? undefined : `must not import ${path} (${from} imports ${['records', ...ARROWS[from]].join(', ')})`;
}

function siblingProblem(file, path) {
  const [from, to] = [subfolderOf(file), subfolderOf(path)];
  const shared = SHARED.some((one) => path.startsWith(`${one}/`)) || folderOf(file) === 'commands';
  return shared || to === undefined || from === undefined || from === to
    ? undefined
    : `must not import its sibling ${path}`;
}

function lengthProblem(file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
  return lines > MOST_LINES ? [`src/${file} has ${lines} lines: ${MOST_LINES} at most`] : [];
}

function packageProblem(file, name) {
  if (name === 'node:buffer') return undefined;
  if (name.startsWith('node:')) {
    return PURE.includes(folderOf(file)) ? `${folderOf(file)}/ computes only, and must not import ${name}` : undefined;
  }
  const homes = PACKAGES[packageOf(name)];
  if (homes === undefined) return `${name} is adapted nowhere: name its file in scripts/check-arrows.mjs`;
  const home = homes.some((one) => file === one || (one.endsWith('/') && file.startsWith(one)));
  return home ? undefined : `must not import ${name}, which only ${homes.join(' and ')} may`;
}

/** `kafkajs` of kafkajs/src/broker/index.js, `@node-rs/crc32` of itself. */
function packageOf(name) {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

/** Files that import each other in a circle, types and late imports apart. */
function cycles() {
  const done = new Set();
  const found = [];
  const visit = (file, above) => {
    if (above.includes(file))
      found.push(`src/${file} imports itself: ${[...above.slice(above.indexOf(file)), file].join(' → ')}`);
    if (done.has(file) || above.includes(file)) return;
    for (const { path, runs } of imports.get(file) ?? []) if (runs && path !== undefined) visit(path, [...above, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

function folderOf(path) {
  return path.split('/')[0];
}

/** `avro` of codecs/avro/header.ts; undefined for a folder's own files. */
function subfolderOf(path) {
  const parts = path.split('/');
  return parts.length > 2 ? parts[1] : undefined;
}
