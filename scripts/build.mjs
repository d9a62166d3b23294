// Builds everything that is generated: the WebAssembly kernel, the bundle and oclif's manifest.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  '--noAssert',
]);
if (error !== null) throw new Error(`the kernel does not compile: ${stderr}`);

const commands = readdirSync('src/commands', { recursive: true })
  .filter((path) => path.endsWith('.ts') || path.endsWith('.tsx'))
  .map((path) => join('src/commands', path));

await build({
  entryPoints: ['src/main.ts', ...commands],
  outdir: fresh,
  outbase: 'src',
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Native, or loaded by oclif only in a plugin's development.
  external: ['libsql', 'typescript', 'ejs', 'tsx'],
  logLevel: 'warning',
  banner: {
    js: [
      "import { createRequire as createRequireForBundle } from 'node:module';",
      "import { fileURLToPath as pathForBundle } from 'node:url';",
      'const require = createRequireForBundle(import.meta.url);',
      "const __filename = pathForBundle(import.meta.url), __dirname = pathForBundle(new URL('.', import.meta.url));",
    ].join('\n'),
  },
});

rmSync('dist', { recursive: true, force: true });
renameSync(fresh, 'dist');

// Without the manifest oclif loads every command to find one.
const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, undefined, 1)}\n`);
