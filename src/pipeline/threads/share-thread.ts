// What a helper thread runs: it reads a share of a file, and tells whoever started it what it holds.
import { parentPort, workerData } from 'node:worker_threads';
import { setKernelModule } from '../../kernel/kernel.js';
import { bug, FreshetError } from '../../records/errors.js';
import { ShareGauge, type ShareMessage } from './file-share.js';
import type { ThreadData } from './helper-thread.js';
import { readShare } from './read-share.js';

const { share, memory, kernel }: ThreadData = workerData;
const port = parentPort ?? bug('this is to be run as a thread');
const gauge = new ShareGauge(memory);
setKernelModule(kernel);

async function run(): Promise<void> {
  try {
    const end = await readShare(share, {
      get stopped() {
        return gauge.stopped;
      },
      fitted: (records) => gauge.fitted(records),
      rejects: (rejects) => send({ kind: 'rejects', rejects }),
      rows: (lines) => send({ kind: 'rows', lines }),
    });
    send({ kind: 'end', ...end });
  } catch (error) {
    if (!(error instanceof FreshetError)) throw error;
    const { message, status, next } = error;
    send({ kind: 'failed', message, status, ...(next === undefined ? {} : { next }) });
  }
}

function send(message: ShareMessage): void {
  gauge.room();
  port.postMessage(message);
}

void run();
