import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { ended, freshet, ROOT, start } from './run-freshet.js';

/** Packages that adapt to something outside. tinyglobby is none of them: oclif itself brings it along. */
const CLIENTS = ['avsc', 'cli-table3', 'fzstd', 'libsql', 'msgpackr', 'snappyjs'];

/*
 * Start-up is most of the time of a short run, so that a command loads a client (SQLite, Avro, tables, …) only when
 * its input or output asks for it.
 */
describe('what a command loads', () => {
  let outputs: Metafile['outputs'];

  beforeAll(async () => {
    const commands = readdirSync(join(ROOT, 'src/commands'), { recursive: true, encoding: 'utf8' });
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: [
        'src/main.ts',
        ...commands.filter((path) => path.endsWith('.ts')).map((path) => `src/commands/${path}`),
      ],
      outdir: 'dist',
      outbase: 'src',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['libsql', 'typescript', 'ejs', 'tsx'],
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    outputs = metafile.outputs;
  });

  it.each([
    'main',
    'commands/aggregate/daily',
    'commands/aggregate/window',
    'commands/produce/yt',
    'commands/store/daily',
    'commands/report',
    'commands/schema/list',
  ])('%s imports no client before it is needed', (entry) => {
    expect(clientsAtOnce(outputs, `dist/${entry}.js`)).toEqual([]);
  });

  it('aggregate daily of JSON lines: no other codec and no store', async () => {
    const loaded = await loadedFiles(['aggregate', 'daily'], '');
    expect(loaded).toContain('ndjson-codec');
    for (const other of ['avro-codec', 'csv-codec', 'msgpack-codec', 'sqlite-store', 'table', 'header']) {
      expect(loaded).not.toContain(other);
    }
  });

  it('--version: no command at all', async () => {
    expect((await loadedFiles(['--version'], '')).filter((name) => name.startsWith('commands/'))).toEqual([]);
  });

  it('answers --version and --help', async () => {
    expect((await freshet(['--version'])).out).toMatch(/^freshet\/\d+\.\d+\.\d+ /);
    expect((await freshet(['--help'])).out).toContain('aggregate');
  });
});

/** The clients in an output file and in those that it imports statically. */
function clientsAtOnce(outputs: Metafile['outputs'], entry: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || seen.has(path)) return;
    seen.add(path);
    for (const { path: imported, kind } of output.imports) if (kind === 'import-statement') visit(imported);
  };
  visit(entry);
  const files = [...seen].flatMap((path) => outputs[path] ?? []);
  if (files.length === 0) throw new Error(`the bundle has no ${entry}`);
  const bundled = files.flatMap(({ inputs }) => Object.keys(inputs));
  const left = files.flatMap(({ imports }) =>
    imports.filter(({ kind }) => kind !== 'dynamic-import').map(({ path }) => path),
  );
  return CLIENTS.filter(
    (name) => left.includes(name) || bundled.some((path) => path.includes(`node_modules/${name}/`)),
  );
}

/** The names, without their hashes, of the bundle's files that a run loads. */
async function loadedFiles(args: readonly string[], input: string): Promise<string[]> {
  const hook = `
    import { register } from 'node:module';
    import { MessageChannel } from 'node:worker_threads';
    import { writeSync } from 'node:fs';
    const { port1, port2 } = new MessageChannel();
    register('data:text/javascript,' + encodeURIComponent(
      'let port; export function initialize(data) { port = data; } export async function load(url, context, next) { port.postMessage(url); return next(url, context); }'
    ), { parentURL: import.meta.url, data: port2, transferList: [port2] });
    const urls = [];
    port1.on('message', (url) => urls.push(url));
    port1.unref();
    process.on('exit', () => writeSync(2, '\\nLOADED ' + urls.join(' ')));
  `;
  const child = start(args, {
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)}`,
    },
  });
  child.stdin?.end(input);
  const { err } = await ended(child);
  const dist = pathToFileURL(join(ROOT, 'dist/')).href;
  const urls = (err.split('LOADED ')[1] ?? '').trim().split(' ');
  return urls
    .filter((url) => url.startsWith(dist))
    .map((url) => url.slice(dist.length).replace(/(-[A-Z0-9]{8})?\.js$/, ''));
}
