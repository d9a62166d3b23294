// Builds everything that is generated: the WebAssembly kernel, the bundle and oclif's manifest.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { sep } from 'node:path';
import { Plugin } from '@oclif/core';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
process.chdir(root);

// What was built before stays until all of this is.
const fresh = '.dist-new';
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh);

const { error, stderr } = await asc.main([
  'src/kernel/assembly/index.ts',
  `--outFile=${fresh}/kernel.wasm`,
  '-O3',
  '--runtime=stub',
  '--enable=simd',
  '--importMemory',
  // See Kernel: views of memory that is shared outlive its growth. As many pages as it may have there.
  '--sharedMemory',
  '--maximumMemory=32768',
  '--enable=threads',
  '--noAssert',
]);
if (error !== null) throw new Error(`the kernel does not compile: ${stderr}`);

// The commands by their ids, each loaded when it is asked for.
const commands = readdirSync('src/commands', { recursive: true })
  .filter((path) => path.endsWith('.ts') || path.endsWith('.tsx'))
  .map((path) => `get '${idOf(path)}'() { return require('./src/commands/${path}').default; }`);

// Native, loaded by who stores there alone, or loaded by oclif only in a plugin's development.
const EXTERNAL = ['libsql', 'mysql2', 'cassandra-driver', '@node-rs/crc32', '@bokuweb/zstd-wasm', 'typescript', 'tsx'];
/** oclif and React tell their developers more; someone who develops something else has that in the environment, too. */
const PRODUCTION = { 'process.env.NODE_ENV': '"production"' };
/** How a script is bundled, of modules that ask for `import.meta.url`. */
const SCRIPT = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  supported: { 'dynamic-import': false },
  external: EXTERNAL,
  logLevel: 'warning',
  define: { 'import.meta.url': 'bundleURL', ...PRODUCTION },
  banner: { js: "const bundleURL = require('node:url').pathToFileURL(__filename).href;" },
};

const LIVE_VIEW = /\/tui\/live-view\.js$/;

const { outputFiles } = await build({
  ...SCRIPT,
  stdin: {
    contents: `export { main } from './src/main.ts';\nexport const COMMANDS = {\n${commands.join(',\n')}\n};`,
    resolveDir: root,
  },
  outfile: `${fresh}/freshet.cjs`,
  write: false,
  plugins: [
    whenUsed(['child_process', 'fs/promises', 'readline', 'tty', 'zlib']),
    {
      // oclif asks whether Windows is around, by way of files and PowerShell. Nothing depends on the answer here.
      name: 'without-windows',
      setup: ({ onLoad }) => {
        onLoad({ filter: /\/wsl-utils\/index\.js$/ }, () => ({ contents: 'export const isWsl = false;' }));
      },
    },
    {
      // A bundle of its own, which is loaded by a module that Node loads: a script can't import any.
      name: 'live-view',
      setup: ({ onResolve }) => {
        onResolve({ filter: LIVE_VIEW }, ({ kind }) =>
          kind === 'dynamic-import' ? { path: './live-view.cjs', external: true } : undefined,
        );
      },
    },
  ],
});
// A text that is all ASCII is read faster. What esbuild leaves is in comments and regular expressions.
for (const { path, text } of outputFiles) writeFileSync(path, text.replace(/[^\0-\x7f]/g, escaped));

// What threads beside the main one run.
await build({
  ...SCRIPT,
  entryPoints: ['src/pipeline/threads/share-thread.ts'],
  outfile: `${fresh}/share-thread.cjs`,
  minify: true,
});

// Ink, React and what they draw: modules that wait while they load, which no CommonJS can hold.
await build({
  entryPoints: ['src/tui/live-view.tsx'],
  outfile: `${fresh}/live-view.mjs`,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [
    {
      // Ink's own developers' alone.
      name: 'without-devtools',
      setup: ({ onLoad }) => {
        onLoad({ filter: /ink\/build\/devtools\.js$/ }, () => ({ contents: '' }));
      },
    },
  ],
  logLevel: 'warning',
  define: PRODUCTION,
  // Some of their packages are CommonJS.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
writeFileSync(
  `${fresh}/live-view.cjs`,
  "exports.openLiveView = async (options) => (await import('./live-view.mjs')).openLiveView(options);\n",
);

rmSync('dist', { recursive: true, force: true });
renameSync(fresh, 'dist');

// Without the manifest oclif loads every command to list them.
const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, undefined, 1)}\n`);

// V8 takes code back only under the flags that it was made with.
execFileSync(process.execPath, ['scripts/write-code-cache.mjs'], { env: { ...process.env, NODE_OPTIONS: '' } });

/**
 * Loads modules of Node's where something of them is used, and not where they are asked for: packages ask for all that
 * they may ever use, and loading that takes a tenth of a short run.
 */
function whenUsed(names) {
  return {
    name: 'when-used',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: new RegExp(`^(node:)?(${names.join('|')})$`) }, ({ path, namespace }) =>
        namespace === 'when-used'
          ? { path, external: true }
          : { path: path.replace(/^(node:)?/, 'node:'), namespace: 'when-used' },
      );
      onLoad({ filter: /./, namespace: 'when-used' }, async ({ path }) => {
        const exported = Object.keys(await import(path)).filter((name) => name !== 'default');
        const getters = exported.map((name) => `get ${name}() { return require('${path}').${name}; }`);
        return { contents: `module.exports = {\n${getters.join(',\n')}\n};` };
      });
    },
  };
}

/** The id of a command in src/commands/: `aggregate:daily`. */
function idOf(path) {
  return path.replace(/\.tsx?$/, '').replaceAll(sep, ':');
}

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
