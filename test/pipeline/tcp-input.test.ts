import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/codecs/codec.js';
import type { BatchSource } from '../../src/endpoints/endpoint.js';
import { openTcpListenInput } from '../../src/pipeline/open-tcp-listen-input.js';
import { loadSchema } from '../../src/pipeline/schema-files.js';
import { tcpListenOf } from '../../src/pipeline/tcp-uri.js';
import type { Reject } from '../../src/records/batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { UTC } from '../../src/records/time/zone.js';

const WORD = 'tcp-listen:127.0.0.1:0';
const PAIRS = loadSchema('pair');

/** What a source has given so far. */
class Reading {
  readonly rows: unknown[] = [];
  readonly rejects: Reject[] = [];
  readonly done: Promise<void>;
  #failure: unknown;

  constructor(
    readonly source: BatchSource,
    readonly port: number,
  ) {
    this.done = this.#read().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async #read(): Promise<void> {
    for (;;) {
      const got = this.source.take();
      if (got === 'end') break;
      if (got === 'wait') await this.source.ready();
      else {
        if (got.length > 0) this.rows.push(...[...rowsOf(got)].map(({ a, b }) => `${a} ${b}`));
        this.rejects.push(...(got.rejects ?? []));
      }
    }
    await this.source.close();
  }

  async until(rows: number, rejects = 0): Promise<void> {
    while (this.rows.length < rows || this.rejects.length < rejects) {
      if (this.#failure !== undefined) throw this.#failure;
      await turn();
    }
  }

  /** Stops it, and gives what it has read. */
  async stop(): Promise<{ rows: unknown[]; rejects: Reject[] }> {
    this.source.stop();
    await this.done;
    return this;
  }
}

async function listen(format?: Format, word = WORD): Promise<Reading> {
  let told = '';
  const input = await openTcpListenInput(word, tcpListenOf(word), format, (sentence) => {
    told = sentence;
  });
  const plan = {
    paths: ['a', 'b'],
    pathsWithoutRecords: ['a', 'b'],
    records: true,
    messages: false,
    tombstones: false,
  };
  const source = await input.read({ ...plan, schema: PAIRS, zone: UTC, partition: 0, newPartition: () => 1 });
  return new Reading(source, Number(/:(\d+)$/.exec(told)?.[1]));
}

async function client(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends in pieces, each of which the other side may see on its own. */
async function send(socket: Socket, text: string, cuts: readonly number[]): Promise<void> {
  const bytes = Buffer.from(text);
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    if (end > from) socket.write(bytes.subarray(from, end));
    from = end;
    await turn();
  }
}

const FORMS: Record<string, (a: number, b: number) => string> = {
  ndjson: (a, b) => `{"a":${a},"b":${b}}\n`,
  tsv: (a, b) => `${a}\t${b}\n`,
};

describe('tcp-listen: as an input', () => {
  it('gives the rows of every client, however their bytes are cut', async () => {
    const pairs = fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 1, maxLength: 30 });
    const clients = fc.array(
      fc.record({ pairs, form: fc.constantFrom('ndjson', 'tsv'), cuts: fc.array(fc.nat(), { maxLength: 8 }) }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(clients, async (all) => {
        const reading = await listen();
        const wanted = all.flatMap((one) => one.pairs.map(([a, b]) => `${a} ${b}`));
        await Promise.all(
          all.map(async (one) => {
            const socket = await client(reading.port);
            await send(socket, one.pairs.map(([a, b]) => FORMS[one.form](a, b)).join(''), one.cuts);
            socket.end();
          }),
        );
        await reading.until(wanted.length);
        const { rows, rejects } = await reading.stop();
        expect([rows.sort(), rejects]).toEqual([wanted.sort(), []]);
      }),
      { numRuns: 40 },
    );
  });

  it('lets nobody wait for a client that is in the middle of a line', async () => {
    const reading = await listen('tsv');
    const [slow, quick] = [await client(reading.port), await client(reading.port)];
    slow.write('1\t');
    for (let at = 0; at < 5; at++) {
      quick.write(`${at}\t${at}\n`);
      await reading.until(at + 1);
    }
    slow.end('2\n');
    await reading.until(6);
    expect((await reading.stop()).rows.at(-1)).toBe('1 2');
  });

  it('takes the last line of a client that leaves as a line, and none that was cut', async () => {
    const reading = await listen('tsv');
    (await client(reading.port)).end('1\t2\n3\t45');
    await reading.until(2);
    const broken = await client(reading.port);
    broken.write('5\t6\n7\t89');
    await reading.until(3);
    broken.resetAndDestroy();
    await reading.until(3, 1);
    const { rows, rejects } = await reading.stop();
    expect(rows).toEqual(['1 2', '3 45', '5 6']);
    expect(rejects).toMatchObject([{ reason: 'the connection broke in the middle of this line', ordinal: 4 }]);
    expect(Buffer.from(rejects[0]?.raw ?? []).toString()).toBe('7\t89');
  });

  it('makes a dead letter of JSON that was cut, and goes on', async () => {
    const reading = await listen('ndjson');
    const broken = await client(reading.port);
    broken.write('{"a":1,"b":2}\n{"a":3,');
    await reading.until(1);
    broken.resetAndDestroy();
    await reading.until(1, 1);
    (await client(reading.port)).end('{"a":5,"b":6}\n');
    await reading.until(2);
    const { rows, rejects } = await reading.stop();
    expect(rows).toEqual(['1 2', '5 6']);
    expect(rejects).toMatchObject([{ reason: expect.stringMatching(/^not JSON/), unit: 'line', ordinal: 2 }]);
  });

  it('takes no half of a line when it is told to stop', async () => {
    const reading = await listen('tsv');
    const socket = await client(reading.port);
    socket.write('1\t2\n3\t4');
    await reading.until(1);
    expect(await reading.stop()).toMatchObject({ rows: ['1 2'], rejects: [] });
  });

  it('goes on beside a client that sends what can not be read', async () => {
    const reading = await listen();
    const [good, damaged] = [await client(reading.port), await client(reading.port)];
    damaged.end(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]));
    await reading.until(0, 1);
    good.end('{"a":1,"b":2}\n');
    await reading.until(1);
    const { rows, rejects } = await reading.stop();
    expect(rows).toEqual(['1 2']);
    expect(rejects).toMatchObject([{ reason: expect.stringMatching(/compressed data is damaged/) }]);
  });

  it('ends with its first client where it is to take but one', async () => {
    const reading = await listen('tsv', `${WORD}?once`);
    const socket = await client(reading.port);
    await expect(client(reading.port)).rejects.toThrow('ECONNREFUSED');
    socket.end('1\t2\n');
    await reading.done;
    expect(reading.rows).toEqual(['1 2']);
  });

  it('holds no more of a sender than it may, and gives all of it', async () => {
    const reading = await listen('tsv');
    const sockets = await Promise.all(Array.from({ length: 20 }, () => client(reading.port)));
    const line = '1000000\t2000000\n';
    for (const socket of sockets) socket.end(line.repeat(20_000));
    await reading.until(400_000);
    expect((await reading.stop()).rows).toHaveLength(400_000);
  });
});
