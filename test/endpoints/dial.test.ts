import { once } from 'node:events';
import type * as net from 'node:net';
import { expect, it, vi } from 'vitest';
import { dial } from '../../src/endpoints/tcp/dial.js';

// As the system does now and then on its own: this end's port is the one that is dialled.
vi.mock('node:net', async (original) => {
  const actual = await original<typeof net>();
  const connect = ({ port, ...options }: net.TcpNetConnectOpts): net.Socket =>
    actual.connect({ ...options, port, localPort: port });
  return { ...actual, connect };
});

it('does not take itself for somebody who listens', async () => {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  server.close();
  await once(server, 'close');
  await expect(dial({ host: '127.0.0.1', port })).rejects.toMatchObject({
    message: 'nobody listens there',
    passes: true,
  });
});
