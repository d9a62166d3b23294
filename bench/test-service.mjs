import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { DATA } from './data-sets.mjs';

/**
 * What a file of test/services exports: servers are started here as the tests start them.
 * @param {string} path such as `kafka/kafka.ts`
 */
export async function testService(path) {
  mkdirSync(DATA, { recursive: true });
  const source = new URL(`../test/services/${path}`, import.meta.url);
  const outfile = `${DATA}${path.replace(/^.*\//, '').replace(/\.ts$/, '.mjs')}`;
  await build({
    ...{ entryPoints: [fileURLToPath(source)], outfile, logLevel: 'error' },
    ...{ bundle: true, platform: 'node', format: 'esm' },
    // It looks for files beside its source.
    define: { 'import.meta.url': JSON.stringify(source.href) },
  });
  return await import(pathToFileURL(outfile).href);
}
