import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, inFolder, start } from './run-freshet.js';
import { ask, servingJobs, TOKEN } from './serving-jobs.js';
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
  it.each(['event', 'cpu'])('of %s records', (schema) =>
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

  it('of jobs', () =>
    inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'orchestrator.yaml'), 'applications:\n  sleep: {command: [sleep, 1000]}\n');
      // Names in bodies are those of no job mostly, the one in paths is of one that there is.
      const expected = '"2xx", "401", "404", "409", "422"';
      const settings = `[checks]\npositive_data_acceptance.expected-statuses = [${expected}]\n[parameters]\nname = "sleep"\n`;
      writeFileSync(join(cwd, 'schemathesis.toml'), settings);
      const serving = await servingJobs(cwd, ['--config', 'orchestrator.yaml', '--grace', '1s']);
      expect((await ask(`${serving.url}/submissions`, { name: 'sleep' })).status).toBe(201);
      const fuzz = ['--checks', 'all', '--max-examples', '40', '--seed', '1', '--no-color'];
      const head = ['-H', `Authorization: Bearer ${TOKEN}`];
      const { stdout, status } = spawnSync(
        PYTHON,
        ['-m', 'schemathesis.cli', 'run', `${serving.url}/openapi.json`, ...head, ...fuzz],
        { cwd, encoding: 'utf8', timeout: 100_000 },
      );
      expect((await ask(`${serving.url}/submissions/sleep`)).body).toMatchObject({ state: 'killed' });
      serving.child.kill('SIGINT');
      const { err } = await serving.end;
      // With a line about warnings it says nothing of issues.
      expect(stdout).toMatch(/ (\d+) generated, \1 passed/);
      expect([status, err]).toEqual([0, expect.not.stringMatching(/Error|bug/)]);
    }));
});
