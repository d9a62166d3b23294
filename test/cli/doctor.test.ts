import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTopic } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { freePort } from '../services/server-process.js';
import { service } from '../services/service.js';
import { freshet, inFolder } from './run-freshet.js';

const address = await service(kafka);
const nothing = { ...process.env, KAFKA_BROKERS: '', KAFKA_HOST: '', SCHEMA_REGISTRY_URL: '' };

interface Finding {
  readonly what: string;
  readonly where: string;
  readonly state: string;
  readonly says: string;
  readonly next?: string;
}

async function doctor(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = '.') {
  const { out, err, status } = await freshet(['doctor', '--format', 'json', ...args], '', {
    env: { ...nothing, ...env },
    cwd,
  });
  const found: Finding[] = JSON.parse(out);
  return { found, err, status, of: (what: string) => found.filter((one) => one.what === what) };
}

async function withServer<T>(
  answer: (path: string, authorization?: string) => [number, string] | undefined,
  work: (port: number) => Promise<T>,
): Promise<T> {
  const server: Server = createServer((request, response) => {
    const said = answer(request.url ?? '', request.headers.authorization);
    if (said !== undefined) response.writeHead(said[0], { 'content-type': 'application/json' }).end(said[1]);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    return await work(port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('freshet doctor', () => {
  it('is content where nothing is configured, and tells what freshet is made of', async () => {
    const { of, status, err } = await doctor([]);
    expect([status, err]).toEqual([0, '']);
    const [node, parts] = of('freshet');
    expect(node).toMatchObject({ state: 'ok', says: expect.stringContaining(`Node ${process.versions.node}`) });
    expect(parts).toMatchObject({ state: 'ok', says: 'loads the kernel, crc32, zstd, SQLite' });
    expect(of('kafka')).toMatchObject([{ state: 'absent' }]);
    expect(of('registry')).toMatchObject([{ state: 'absent' }]);
    expect(of('disk')).toMatchObject([{ state: 'ok', says: expect.stringMatching(/GB free of/) }]);
  });

  it('prints a table for people', async () => {
    const { out, status } = await freshet(['doctor'], '', { env: nothing });
    expect(status).toBe(0);
    expect(out).toMatch(/^freshet +\d\S+ +ok +Node /m);
    expect(out).toMatch(/^registry +absent +not configured/m);
  });

  it.skipIf(address === undefined)('tells of the brokers, their version and topics', async () => {
    const topic = await makeTopic(String(address));
    const { of, status } = await doctor([], { KAFKA_BROKERS: String(address) });
    expect(status).toBe(0);
    const [cluster] = of('kafka');
    expect(cluster).toMatchObject({
      where: address,
      state: 'ok',
      says: expect.stringMatching(/^cluster \S+, \d broker/),
    });
    expect(cluster?.says).toMatch(/controller \d+, [\d,]+ topics?: /);
    expect(of('broker')[0]).toMatchObject({ state: 'ok', says: expect.stringMatching(/^node \d+, Kafka \d\.\d/) });
    expect(topic).not.toBe('');
  });

  it('names brokers that do not answer, and what to do next', async () => {
    const port = await freePort();
    const { of, status, err } = await doctor(['--brokers', `127.0.0.1:${port}`]);
    expect([status, err]).toEqual([4, 'freshet: 1 problem found\n']);
    expect(of('kafka')).toMatchObject([
      {
        where: `127.0.0.1:${port}`,
        state: 'wrong',
        says: expect.stringContaining('nothing listens there'),
        next: expect.stringContaining('KAFKA_BROKERS'),
      },
    ]);
  });

  it.skipIf(address === undefined)('names a broker whose own address does not answer', async () => {
    // What listens here passes everything on, and then the broker tells its own address: that one is asked, too.
    const [host = '', port = ''] = String(address).split(',')[0]?.split(':') ?? [];
    const proxy = createTcpServer((socket) => {
      const to = connect(Number(port), host);
      socket.pipe(to).pipe(socket);
      for (const end of [socket, to]) end.on('error', () => {});
    });
    const own = await freePort();
    await new Promise<void>((resolve) => proxy.listen(own, '127.0.0.1', resolve));
    const { of } = await doctor(['--brokers', `127.0.0.1:${own}`]);
    proxy.close();
    expect(of('kafka')[0]).toMatchObject({ where: `127.0.0.1:${own}`, state: 'ok' });
    expect(of('broker')[0]).toMatchObject({ where: `${host}:${port}`, state: 'ok' });
  });

  it('ends also where something takes connections and says nothing', async () => {
    const silent = createTcpServer(() => {});
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    const env = { KAFKA_BROKERS: `127.0.0.1:${port}`, SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}` };
    const { of, status } = await doctor([], env);
    silent.close();
    expect(status).toBe(4);
    expect(of('kafka')).toMatchObject([{ state: 'wrong', says: expect.stringContaining('no answer in time') }]);
    expect(of('registry')).toMatchObject([
      { state: 'wrong', says: `no answer from the schema registry at http://127.0.0.1:${port}: it takes too long` },
    ]);
  });

  it('asks the registry, with its user and without showing the password', async () => {
    const seen: (string | undefined)[] = [];
    const found = await withServer(
      (path, authorization) => {
        seen.push(authorization);
        if (path === '/subjects') return [200, '["yt-value"]'];
        return path === '/v1/metadata/version' ? [200, '{"version":"8.1.0"}'] : [404, '{}'];
      },
      (port) => doctor(['--registry', `http://ann:sesame@127.0.0.1:${port}/`]),
    );
    expect(found.of('registry')).toMatchObject([{ state: 'ok', says: 'version 8.1.0, 1 subject' }]);
    expect(JSON.stringify(found.found)).not.toContain('sesame');
    expect(seen[0]).toBe(`Basic ${Buffer.from('ann:sesame').toString('base64')}`);
  });

  it.each([
    [401, '{}', 'the schema registry at URL does not let this user in (401)'],
    [500, '{}', 'the schema registry at URL answers with status 500'],
    [200, '{"hello": 1}', 'what answers at URL is no schema registry'],
    [200, '<html>', 'what answers at URL is no schema registry'],
  ])('tells of a registry that answers %i %s', async (code, body, says) => {
    const { of, status } = await withServer(
      () => [code, body],
      (port) => doctor([], { SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}` }),
    );
    const [{ says: said = '', where = '' } = {}] = of('registry');
    expect([status, said]).toEqual([4, says.replace('URL', where)]);
  });

  it('looks into stores that are named', async () => {
    await inFolder(async (cwd) => {
      await freshet(
        ['store', 'raw', '--to', 'sqlite:good.db'],
        '{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00","subs":7}\n',
        { cwd },
      );
      const good = await doctor(['sqlite:good.db', 'sqlite:new.db'], {}, cwd);
      expect(good.status).toBe(0);
      expect(good.of('store')).toMatchObject([
        {
          where: 'sqlite:good.db',
          state: 'ok',
          says: expect.stringMatching(/^SQLite \S+, .* 1 table, can be written, sound$/),
        },
        { where: 'sqlite:new.db', state: 'ok', says: 'not there yet; it can be made' },
      ]);
      writeFileSync(
        join(cwd, 'text.db'),
        'this is no database, but it is long enough to be taken for one. '.repeat(99),
      );
      const bad = await doctor(['sqlite:text.db', 'yt.ndjson', 'kafka:yt', 'sqlite:no/such/folder.db'], {}, cwd);
      expect(bad.status).toBe(4);
      expect(bad.of('store').map(({ state }) => state)).toEqual(['wrong', 'wrong', 'wrong', 'wrong']);
      expect(bad.of('store')[1]?.says).toBe('yt.ndjson is no store');
    });
  });
});
