import { expect, it } from 'vitest';
import { Outage } from '../../src/stores/outage.js';

const WAIT = { why: 'is away (no answer)', until: 'it is back', over: 'is back', isTold: true };
/** So often that the next wait takes seconds. */
const OFTEN = 10;

it('a run that is told to stop while it waits tries once more at once, and then gives up', async () => {
  const told: string[] = [];
  const outage = new Outage('mysql://h/d', (sentence) => told.push(sentence));
  const stop = new AbortController();
  const cause = new Error('no answer');
  const waited = outage.wait('a', OFTEN, WAIT, cause, stop.signal);
  const began = performance.now();
  stop.abort();
  await waited;
  expect(performance.now() - began).toBeLessThan(2000);
  await expect(outage.wait('a', OFTEN + 1, WAIT, cause, stop.signal)).rejects.toThrow(
    'mysql://h/d is away (no answer), and freshet was told to stop: the last rows are not stored',
  );
  expect(told).toEqual(['mysql://h/d is away (no answer): trying again until it is back']);
});
