import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXECUTABLE, ROOT } from './run-freshet.js';

/** The bundle with what V8 compiled of it when it was built. */
describe('the code cache', () => {
  it('is taken by the Node that made it', () => {
    expect(loadedWith([], EXECUTABLE)).toBe('{"rejected":false,"commands":true}');
  });

  it('is let be by a V8 with other flags, which compiles the bundle again', () => {
    expect(loadedWith(['--no-flush-bytecode'], EXECUTABLE)).toBe('{"rejected":true,"commands":true}');
  });

  describe('in a copy of the installation', () => {
    let copy: string;

    beforeEach(() => {
      copy = mkdtempSync(join(tmpdir(), 'freshet-'));
      for (const part of ['bin', 'dist', 'schemas', 'package.json', 'oclif.manifest.json']) {
        cpSync(join(ROOT, part), join(copy, part), { recursive: true });
      }
      symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    });

    afterEach(() => rmSync(copy, { recursive: true }));

    it.each([
      ['is missing, as for another Node', (path: string) => rmSync(path), '{"commands":true}'],
      ['is cut short', (path: string) => truncateSync(path, 1000), '{"rejected":true,"commands":true}'],
      ['is empty', (path: string) => truncateSync(path, 0), '{"rejected":true,"commands":true}'],
    ])('may be of no use: it %s', (_, spoil, loaded) => {
      const [cache = ''] = readdirSync(join(copy, 'dist')).filter((name) => name.endsWith('.cache'));
      spoil(join(copy, 'dist', cache));
      const executable = join(copy, 'bin/freshet.js');
      expect(loadedWith([], executable)).toBe(loaded);
      const { stdout, stderr } = spawnSync(process.execPath, [executable, '--version'], { encoding: 'utf8' });
      expect([stdout, stderr]).toEqual([expect.stringMatching(/^freshet\//), '']);
    });
  });
});

/** What loading the bundle beside an executable comes to: whether V8 refused the code cache, and if there are commands. */
function loadedWith(flags: readonly string[], executable: string): string {
  const program = `
    const { loadBundle } = require(${JSON.stringify(join(dirname(executable), 'load-bundle.js'))});
    const { script, exports } = loadBundle();
    console.log(JSON.stringify({ rejected: script.cachedDataRejected, commands: 'report' in exports.COMMANDS }));
  `;
  return spawnSync(process.execPath, [...flags, '-e', program], { encoding: 'utf8' }).stdout.trim();
}
