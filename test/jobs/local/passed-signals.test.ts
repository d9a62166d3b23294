import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PassedSignals } from '../../../src/jobs/local/passed-signals.js';

let refused: number;
let signals: PassedSignals;
beforeEach(() => {
  refused = 0;
  signals = new PassedSignals(() => {
    refused++;
  });
});
afterEach(() => signals.close());

describe('signals to a supervisor', () => {
  it('are passed on, and the first that asks for an end is kept', () => {
    const sent: string[] = [];
    signals.group = { send: (signal) => sent.push(signal) };
    for (const signal of ['SIGWINCH', 'SIGHUP', 'SIGTERM'] as const) process.emit(signal, signal);
    expect([sent, signals.asked, refused]).toEqual([['SIGWINCH', 'SIGHUP', 'SIGTERM'], 'SIGHUP', 0]);
  });

  it("don't end it where its job is somebody else's", () => {
    signals.group = {
      send: () => {
        throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
      },
    };
    for (const signal of ['SIGWINCH', 'SIGHUP'] as const) process.emit(signal, signal);
    expect([signals.asked, refused]).toEqual(['SIGHUP', 1]);
  });
});
