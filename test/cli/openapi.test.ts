import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ended, inFolder, start } from './run-freshet.js';
import { takingEvents } from './taking-events.js';

const PYTHON = process.env.FRESHET_PYTHON ?? 'python3';
const found = spawnSync(PYTHON, ['-c', 'import schemathesis']).status === 0;
if (!found) console.warn('skipped: there is no Python with schemathesis to fuzz with (FRESHET_PYTHON names one)');

/*
 * A fuzzer that no one here wrote makes requests of the document: what fits it must be taken, what does not must be
 * refused, and every answer must be one that the document tells of.
 */
describe.skipIf(!found && process.env.CI === undefined)('/openapi.json, by schemathesis', () => {
  // Of types whose time is a number: of texts no format tells all that are times.
  it.each(['event', 'cpu'])('of %s records', { timeout: 120_000 }, (schema) =>
    inFolder(async (cwd) => {
      const events = await takingEvents(['--schema', schema, '--to', 'taken.ndjson'], { cwd });
      const fuzz = ['--checks', 'all', '--max-examples', '40', '--seed', '1', '--no-color'];
      const { stdout, status } = spawnSync(
        PYTHON,
        ['-m', 'schemathesis.cli', 'run', `${events.url}/openapi.json`, ...fuzz],
        { cwd, encoding: 'utf8', timeout: 100_000 },
      );
      await events.stop();
      expect(stdout).toContain('No issues found');
      expect(status).toBe(0);
      // Whatever was taken can be read again.
      const read = start(['store', 'raw', '--schema', schema, '--from', 'taken.ndjson', '--strict'], { cwd });
      expect((await ended(read)).err).toBe('');
    }),
  );
});
