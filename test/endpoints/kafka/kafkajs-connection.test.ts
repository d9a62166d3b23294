import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { it } from 'vitest';
import { ConnectionError } from '../../../src/endpoints/kafka/client/connection.js';
import { Frames } from '../../../src/endpoints/kafka/client/framing-socket.js';
import { KafkajsConnection } from '../../../src/endpoints/kafka/client/kafkajs-connection.js';
import type { Call } from '../../../src/endpoints/kafka/protocol/call.js';
import { WireReader } from '../../../src/endpoints/kafka/protocol/wire-reader.js';
import { WireWriter } from '../../../src/endpoints/kafka/protocol/wire-writer.js';

const FETCH = 1;
const METADATA = 3;
const API_VERSIONS = 18;

type Fault = 'cut' | 'cut before it answers' | 'silent' | 'away';

const faults = fc.array(
  fc.record({
    fault: fc.constantFrom<Fault>('cut', 'cut before it answers', 'silent', 'away'),
    /** Answers before the fault. */
    after: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 8 },
);

it('answers each request or says why not, whatever becomes of the broker, and the next one is asked anew', async () => {
  await fc.assert(
    fc.asyncProperty(faults, fc.integer({ min: 1, max: 8 }), async (plan, callers) => {
      const broker = await faultyBroker(plan);
      const settings = { clientId: 'test', connectTimeout: 100, requestTimeout: 100 };
      const connection = new KafkajsConnection('127.0.0.1', broker.port, settings);
      try {
        const askAll = async (caller: number): Promise<void> => {
          for (let turn = 0; turn < 12; turn++) {
            const value = 1000 * caller + turn;
            // At once, as one does who has heard that a broker is back.
            while ((await askOnce(connection, value)) !== value);
          }
        };
        await Promise.all(Array.from({ length: callers }, (_, caller) => askAll(caller)));
      } finally {
        await connection.close();
        await broker.stop();
      }
    }),
    { numRuns: 60 },
  );
});

/** Undefined where there was no answer. */
async function askOnce(connection: KafkajsConnection, value: number): Promise<number | undefined> {
  try {
    return await connection.send(echo(value));
  } catch (error) {
    if (!(error instanceof ConnectionError && error.passes)) throw error;
    // Lets others go on where nothing listens.
    await new Promise((resolve) => setImmediate(resolve));
    return undefined;
  }
}

function echo(value: number): Call<number> {
  return {
    name: 'Echo',
    apiKey: value % 3 === 0 ? FETCH : METADATA,
    version: 1,
    encode: (to) => {
      to.int32(value);
    },
    decode: (from) => from.int32(),
  };
}

interface FaultyBroker {
  readonly port: number;
  stop(): Promise<void>;
}

/** Answers requests with what stands in them, until the next fault of the plan. */
async function faultyBroker(plan: readonly { readonly fault: Fault; readonly after: number }[]): Promise<FaultyBroker> {
  const sockets = new Set<Socket>();
  let next = 0;
  let answered = 0;
  let port = 0;
  let stopped = false;
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const strike = (fault: Fault): void => {
    next++;
    answered = 0;
    if (fault === 'silent') return;
    endAll();
    if (fault === 'away' && server.listening)
      server.close(() => setTimeout(() => stopped || server.listen(port, '127.0.0.1'), 20));
  };
  const server = createServer((socket) => {
    const frames = new Frames();
    let silent = false;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      if (typeof bytes === 'string') return;
      for (const frame of frames.add(bytes)) {
        const due = plan[next];
        if (due !== undefined && answered >= due.after) {
          if (due.fault === 'cut') socket.write(answerTo(frame));
          silent ||= due.fault === 'silent';
          strike(due.fault);
        } else if (!silent) {
          answered++;
          socket.write(answerTo(frame));
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) port = address.port;
  return {
    port,
    stop: async () => {
      stopped = true;
      endAll();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerTo(frame: Buffer): Buffer {
  const request = new WireReader(frame.subarray(4));
  const apiKey = request.int16();
  request.int16();
  const correlation = request.int32();
  request.string();
  const answer = new WireWriter().int32(correlation);
  if (apiKey === API_VERSIONS) {
    answer.int16(0).array([FETCH, METADATA, API_VERSIONS], (key) => answer.int16(key).int16(0).int16(9));
    answer.int32(0);
  } else answer.int32(request.int32());
  const body = answer.done();
  return Buffer.concat([new WireWriter().int32(body.length).done(), body]);
}
