import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Ended, ended, freshet, start, until } from './run-freshet.js';

/** A freshet that goes on until it is stopped. */
interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly wrote: () => string;
  readonly end: Promise<Ended>;
}

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

function run(...args: string[]): Running {
  const child = start(args);
  children.push(child);
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    text.out += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text.err += chunk;
  });
  return { child, said: () => text.err, wrote: () => text.out, end: ended(child) };
}

/** Starts a freshet that listens, and gives its port. */
async function listening(...args: string[]): Promise<Running & { port: number }> {
  const running = run(...args);
  const port = (): string | undefined => /tcp-listen:127\.0\.0\.1:(\d+)$/m.exec(running.said())?.[1];
  await until('its port', () => port() !== undefined || running.child.exitCode !== null);
  return { ...running, port: Number(port()) };
}

/** A server of the test's own, what it was sent, and who is connected. */
async function collector(port = 0): Promise<{ port: number; got: () => string; sockets: Socket[]; server: Server }> {
  let text = '';
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
    });
  });
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, got: () => text, sockets, server };
}

/** One that nobody listens at: below those that systems give to who asks for any, so that nobody else gets it meanwhile. */
async function freePort(): Promise<number> {
  for (;;) {
    const one = await collector(10_000 + Math.floor(Math.random() * 20_000)).catch(whenTaken);
    if (one === undefined) continue;
    one.server.close();
    await once(one.server, 'close');
    return one.port;
  }
}

function whenTaken(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRINUSE') throw error;
}

async function client(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const PARITY = ['transform', 'parity', '--from-format', 'tsv'];

describe('tcp-listen: and tcp:', () => {
  it('carry pairs from who connects to who listens, started in either order', async () => {
    const port = await freePort();
    const parity = await listening(...PARITY, '--from', 'tcp-listen:0', '--to', `tcp:127.0.0.1:${port}`);
    const pairs = await client(parity.port);
    pairs.write('1\t2\n2\t34\n');
    await until('the line', () => parity.said().includes('nobody listens there yet: trying again'));
    const { got, sockets } = await collector(port);
    await until('what waited', () => got() === '{"outcome":0}\n{"outcome":1}\n');
    // One that leaves and one that comes make no difference.
    pairs.destroy();
    (await client(parity.port)).end('1\t1\n');
    await until('the next client', () => got().endsWith('{"outcome":1}\n{"outcome":1}\n'));
    parity.child.kill('SIGTERM');
    expect((await parity.end).status).toBe(143);
    expect(parity.said()).toMatch(/: connected after \d+ s\n/);
    await until('the end', () => sockets.every(({ destroyed }) => destroyed));
  });

  it('connect again to who listens again', async () => {
    const first = await collector(await freePort());
    const parity = await listening(...PARITY, '--from', 'tcp-listen:0', '--to', `tcp:127.0.0.1:${first.port}`);
    const pairs = await client(parity.port);
    pairs.write('1\t1\n');
    await until('a row', () => first.got() !== '');
    first.server.close();
    for (const socket of first.sockets) socket.destroy();
    await until('the line', () => parity.said().includes('whoever listened there has gone: trying again'));
    pairs.write('1\t2\n1\t2\n');
    const second = await collector(first.port);
    // What the first was given may come again: it was not there for long.
    await until('both rows', () => second.got().endsWith('{"outcome":0}\n{"outcome":0}\n'));
    // At its end all is with who listens.
    pairs.end('2\t2');
    await until('the last line', () => second.got().endsWith('{"outcome":1}\n'));
    parity.child.kill('SIGINT');
    expect((await parity.end).status).toBe(130);
  });

  it('lose nothing to who hangs up at once', async () => {
    const { port, got, sockets, server } = await collector();
    const hangsUp = (socket: Socket): void => void socket.destroy();
    server.on('connection', hangsUp);
    const command = ['produce', 'pairs', '--count', '20', '--to', `tcp:127.0.0.1:${port}`];
    const waited = await freshet(command.with(-1, `tcp:127.0.0.1:${port}?wait=500ms`));
    expect([waited.status, waited.err.split('\n')]).toEqual([
      4,
      [
        expect.stringMatching(/: whoever listened there has gone: trying again, and rows wait for 500ms$/),
        expect.stringMatching(/: whoever listens there hangs up at once: the last rows are not sent$/),
        expect.stringMatching(/wait=10m/),
        '',
      ],
    ]);
    const before = sockets.length;
    const pairs = run(...command);
    await until('some connections', () => sockets.length > before + 2);
    server.off('connection', hangsUp);
    const { status, err } = await pairs.end;
    expect([status, err]).toEqual([0, expect.stringMatching(/trying again.*\n.*: connected after \d+ s\n$/)]);
    const { out } = await freshet(command.slice(0, -2));
    await until('all rows', () => got().length >= out.length);
    expect(got()).toBe(out);
  });

  it('give every client every row from when it came, each with a header of its own', async () => {
    const pairs = await listening(
      ...['produce', 'pairs', '--count', '300', '--rate', '100', '--format', 'csv'],
      ...['--to', 'tcp-listen:0?min-clients=2'],
    );
    const texts = ['', ''];
    for (const at of [0, 1]) {
      const socket = await client(pairs.port);
      socket.on('data', (chunk) => {
        texts[at] += chunk;
      });
      // One that sends no more may read on.
      if (at === 1) socket.end();
    }
    const late = await freshet(['transform', 'parity', '--from', `tcp:127.0.0.1:${pairs.port}`]);
    expect((await pairs.end).status).toBe(0);
    await until('all rows', () => texts.every((text) => text.trim().split('\n').length === 301));
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toMatch(/^a,b\n/);
    expect([late.status, late.err]).toEqual([0, '']);
  });

  it('cut a client off that takes nothing, and go on for the others', async () => {
    const pairs = await listening('produce', 'pairs', '--to', 'tcp-listen:0?min-clients=2&max-wait=1s');
    const stuck = await client(pairs.port);
    stuck.pause();
    let received = 0;
    (await client(pairs.port)).on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    await until('the line', () => pairs.said().includes('has taken nothing for 1s, and is cut off'));
    // With one of two it waits, until another is there.
    const before = received;
    (await client(pairs.port)).resume();
    await until('more rows', () => received > before + 10_000_000);
    pairs.child.kill('SIGKILL');
  });

  it('lose nothing between each other, however much there is', async () => {
    const parity = await listening('transform', 'parity', '--from', 'tcp-listen:0?once', '--to', '-');
    const count = '200000';
    const made = await freshet(['produce', 'pairs', '--count', count, '--to', `tcp:127.0.0.1:${parity.port}`]);
    expect(made.status).toBe(0);
    const piped = await freshet(['transform', 'parity'], (await freshet(['produce', 'pairs', '--count', count])).out);
    const { status, out } = await parity.end;
    expect([status, out === piped.out]).toEqual([0, true]);
  });

  it('say why an address can not be had', async () => {
    const { port } = await collector();
    const taken = await freshet([...PARITY, '--from', `tcp-listen:${port}`]);
    expect([taken.status, taken.err]).toEqual([
      4,
      `freshet: can't listen at 127.0.0.1:${port}: another program listens there\n  Name another address or port.\n`,
    ]);
    const free = await freePort();
    const away = await freshet([...PARITY, '--from', `tcp:127.0.0.1:${free}`]);
    expect([away.status, away.err]).toEqual([4, expect.stringMatching(/^freshet: tcp:.*: nobody listens there\n/)]);
    const nobody = await freshet(['produce', 'pairs', '--count', '1', '--to', `tcp:127.0.0.1:${free}?wait=0`]);
    expect([nobody.status, nobody.err]).toEqual([4, expect.stringMatching(/^freshet: tcp:.*: nobody listens there\n/)]);
    const waited = await freshet(['produce', 'pairs', '--count', '1', '--to', `tcp:127.0.0.1:${free}?wait=100ms`]);
    expect([waited.status, waited.err]).toEqual([4, expect.stringContaining('the last rows are not sent')]);
    const unknown = await freshet(['produce', 'pairs', '--count', '1', '--to', 'tcp:nobody.invalid:9']);
    expect([unknown.status, unknown.err]).toEqual([4, expect.stringMatching(/tcp:nobody.invalid:9: .*host/)]);
  });

  it('flush what came before a connection broke, and tell of it', async () => {
    const { port, sockets } = await collector();
    const parity = run(...PARITY, '--from', `tcp:127.0.0.1:${port}`);
    await until('the connection', () => sockets.length > 0);
    sockets[0]?.write('1\t2\n3\t4');
    await until('the row', () => parity.wrote() !== '');
    sockets[0]?.resetAndDestroy();
    const { status, out, err } = await parity.end;
    expect([status, out]).toEqual([4, '{"outcome":0}\n']);
    expect(err).toContain('the other side has broken the connection off');
    expect(err).toContain('the connection broke in the middle of this line');
  });

  it('stop at a signal while nobody is there', async () => {
    const port = await freePort();
    for (const to of [`tcp:127.0.0.1:${port}`, 'tcp-listen:0']) {
      const pairs = run('produce', 'pairs', '--rate', '100', '--to', to);
      await until('a line', () => /trying again|writing to/.test(pairs.said()));
      pairs.child.kill('SIGTERM');
      const { status, err } = await pairs.end;
      expect([status, err]).toEqual([
        4,
        expect.stringContaining('freshet was told to stop: the last rows are not sent'),
      ]);
    }
    const waiting = run(...PARITY, '--from', `tcp:127.0.0.1:${port}?wait=1h`);
    await until('a line', () => waiting.said().includes('trying again'));
    waiting.child.kill('SIGINT');
    expect((await waiting.end).status).toBe(130);
  });
});
