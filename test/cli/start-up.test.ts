import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshet, ROOT } from './run-freshet.js';

/** Packages that adapt to something outside. tinyglobby is none of them: oclif itself brings it along. */
const KAFKA = ['@node-rs/crc32', '@bokuweb/zstd-wasm', 'kafkajs'];
const CLIENTS = ['avsc', 'cli-table3', 'fzstd', 'ink', 'libsql', 'msgpackr', 'mysql2', 'react', ...KAFKA];

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
      external: ['libsql', 'mysql2', 'react-devtools-core', 'typescript', 'ejs', 'tsx', ...KAFKA],
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
    'commands/produce/events',
    'commands/produce/yt',
    'commands/store/daily',
    'commands/report',
    'commands/schema/list',
  ])('%s imports no client before it is needed', (entry) => {
    expect(clientsAtOnce(outputs, `dist/${entry}.js`)).toEqual([]);
  });

  it('aggregate daily of JSON lines: no other command, no other codec and no store', async () => {
    const files = await evaluated(['aggregate', 'daily'], '');
    expect(files.filter((file) => file.startsWith('src/commands/'))).toEqual(['src/commands/aggregate/daily.ts']);
    expect(files).toContain('src/codecs/ndjson/ndjson-codec.ts');
    for (const other of ['codecs/avro', 'codecs/csv', 'codecs/msgpack', 'stores/sqlite', 'stores/mysql', 'report']) {
      expect(files.filter((file) => file.startsWith(`src/${other}/`))).toEqual([]);
    }
  });

  it('--version: no command at all', async () => {
    const files = await evaluated(['--version'], '');
    expect(files.filter((file) => file.startsWith('src/commands/'))).toEqual([]);
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

/** The files of src/ that a run evaluates: the bundle has a function for each, which V8's coverage names. */
async function evaluated(args: readonly string[], input: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-'));
  try {
    await freshet(args, input, { env: { ...process.env, NODE_V8_COVERAGE: folder } });
    const [file = ''] = readdirSync(folder);
    const { result }: Coverage = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const bundle = result.find(({ url }) => url.endsWith('/dist/freshet.cjs'));
    if (bundle === undefined) throw new Error('V8 tells nothing of the bundle');
    return bundle.functions
      .filter(({ functionName, ranges }) => functionName.startsWith('src/') && (ranges[0]?.count ?? 0) > 0)
      .map(({ functionName }) => functionName);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What NODE_V8_COVERAGE writes. */
interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { count: number }[] }[];
  }[];
}
