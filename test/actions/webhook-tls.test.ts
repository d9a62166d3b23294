import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freshet } from '../cli/run-freshet.js';
import { certificateAuthority, signed } from '../services/certificates.js';
import { missingCommand } from '../services/service.js';
import { HttpPeer, type Reply } from './http-peer.js';

const hasOpenssl = missingCommand('openssl') === undefined;
if (!hasOpenssl) console.log('skipped: there is no openssl here to make a certificate with');

const KEY = randomBytes(32);
const NOBODY =
  "nobody whom this machine trusts has signed the server's certificate; NODE_EXTRA_CA_CERTS=FILE names others";

describe.skipIf(!hasOpenssl)('a webhook of https', () => {
  let folder: string;
  let peer: HttpPeer | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'freshet-webhook-tls-'));
    for (const name of ['ca', 'other-ca']) certificateAuthority(folder, name);
    signed(folder, 'server');
    signed(folder, 'old', { days: -1 });
    signed(folder, 'elsewhere', { names: 'DNS:elsewhere.example' });
  });
  afterEach(async () => {
    await peer?.close();
    peer = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a monitor that sees one breach and tells a server with a certificate. @returns what it said of that */
  async function tell(certificate: string, authority: string, reply: Reply = (response) => response.end()) {
    peer = await HttpPeer.open(reply, readFileSync(join(folder, `${certificate}.pem`)));
    const env = {
      ...process.env,
      XDG_STATE_HOME: mkdtempSync(join(folder, 'state-')),
      FRESHET_WEBHOOK_SECRET: `whsec_${KEY.toString('base64')}`,
      NODE_EXTRA_CA_CERTS: join(folder, `${authority}.crt`),
    };
    const webhook = `${peer.url.replace('127.0.0.1', 'localhost')}/T0SECRET?token=hush`;
    const rows = '{"outcome":0}\n{"outcome":1}\n';
    const { err, status } = await freshet(['monitor', 'ratio', '--max', '0.3', '--webhook', webhook], rows, { env });
    expect(status).toBe(5);
    expect(err).not.toMatch(/T0SECRET|hush|whsec_/);
    const said = err.split('\n').filter((line) => line.includes('webhook'));
    expect(said).toHaveLength(1);
    return {
      said: said[0]?.replace(/^freshet: webhook https:\/\/localhost:\d+\/… ?/, '') ?? '',
      received: peer.received,
    };
  }

  it('is told, and signed, where whoever signed the certificate is trusted', async () => {
    const { said, received } = await tell('server', 'ca');
    expect(said).toMatch(/^: it was told/);
    expect(received).toHaveLength(1);
    const [{ path, headers, body }] = received;
    expect(path).toBe('/T0SECRET?token=hush');
    const signature = createHmac('sha256', KEY).update(
      `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`,
    );
    expect(headers['webhook-signature']).toBe(`v1,${signature.digest('base64')}`);
    expect(JSON.parse(body)).toMatchObject({ type: 'freshet.alert', data: { row: { bad: 1, total: 2, ratio: 0.5 } } });
  });

  it.each([
    ['by somebody else', 'server', 'other-ca', NOBODY],
    ['and has expired', 'old', 'ca', "the server's certificate has expired"],
    ['for others', 'elsewhere', 'ca', "the server's certificate is not for this host, but for DNS:elsewhere.example"],
  ])('is not told, once and for all, where the certificate is signed %s', async (_, certificate, authority, why) => {
    const { said, received } = await tell(certificate, authority);
    expect(said).toContain(`was not done: ${why} (`);
    expect(received).toHaveLength(0);
  });

  it('is told again after an answer of 500', async () => {
    const { said, received } = await tell('server', 'ca', (response, _, number) => {
      response.writeHead(number === 1 ? 500 : 200).end();
    });
    expect(said).toMatch(/^: it was told/);
    expect(received).toHaveLength(2);
  });
});
