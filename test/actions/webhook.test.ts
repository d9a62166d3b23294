import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { retryAfter } from '../../src/actions/send-with-retries.js';
import { Webhook, type WebhookOptions } from '../../src/actions/webhook.js';
import { parseSecret, webhookHeaders } from '../../src/actions/webhook-signature.js';
import { alertOf } from './alert.js';
import { HttpPeer, type Reply } from './http-peer.js';

let peer: HttpPeer | undefined;
afterEach(async () => {
  await peer?.close();
  peer = undefined;
});

const never = new AbortController().signal;
const pauses = [1, 1, 1];

async function tell(reply: Reply, options: WebhookOptions = { pauses }, aborted = never) {
  peer = await HttpPeer.open(reply);
  const outcome = await new Webhook(`${peer.url}/hooks/secret?token=1`, options).act(alertOf(), aborted);
  return { outcome, received: peer.received };
}

const answer =
  (status: number, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end();

describe('a webhook', () => {
  it('may be written with a scheme in capitals', async () => {
    peer = await HttpPeer.open(answer(200));
    const hook = new Webhook(peer.url.replace('http:', 'HTTP:'), { pauses });
    expect(await hook.act(alertOf(), never)).toEqual({ done: true, message: 'it was told' });
    const secure = new Webhook(peer.url.replace('http:', 'HTTPS:'), { pauses });
    expect((await secure.act(alertOf(), never)).message).toBe(
      'it speaks no TLS that freshet knows: is its URL one of http:?',
    );
  });

  it('gets the alert as JSON, with numbers as they are', async () => {
    const { outcome, received } = await tell(answer(204));
    expect(outcome).toEqual({ done: true, message: 'it was told' });
    expect(received).toHaveLength(1);
    const [{ method, path, headers, body }] = received;
    expect([method, path, headers['content-type']]).toEqual(['POST', '/hooks/secret?token=1', 'application/json']);
    expect(body).toContain('"row":{"ratio":0.5,"records":12345678901234567890}');
    const { type, timestamp, data } = JSON.parse(body);
    expect([type, timestamp]).toEqual(['freshet.alert', data.end]);
    expect(data).toMatchObject({ id: 'ratio 1', monitor: 'ratio', reason: 'the ratio 0.5 is over 0.3' });
    expect(headers['webhook-signature']).toBeUndefined();
  });

  it('is signed as Standard Webhooks has it', async () => {
    // The specification's own example of a secret, and what its libraries make of it.
    const secret = parseSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'FRESHET_WEBHOOK_SECRET');
    expect(webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', secret)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    const { received } = await tell(answer(200), { secret, pauses });
    const [{ headers, body }] = received;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  });

  it('is told again while the server fails, under the same id', async () => {
    const { outcome, received } = await tell((response, request, number) =>
      answer([500, 429, 408, 200][number - 1] ?? 500)(response, request, number),
    );
    expect(outcome.done).toBe(true);
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('is told again where a connection is cut', async () => {
    const { outcome, received } = await tell((response, request, number) =>
      number === 1 ? response.destroy() : answer(200)(response, request, number),
    );
    expect([outcome.done, received.length]).toEqual([true, 2]);
  });

  it('is given up after some tries', async () => {
    const { outcome, received } = await tell(answer(503));
    expect(outcome).toEqual({ done: false, message: 'given up after 4 tries: status 503' });
    expect(received).toHaveLength(4);
  });

  it.each([400, 401, 404, 410])('is not told again after status %i', async (status) => {
    const { outcome, received } = await tell(answer(status));
    expect(outcome).toEqual({ done: false, message: `status ${status}` });
    expect(received).toHaveLength(1);
  });

  it('is not sent elsewhere', async () => {
    const { outcome, received } = await tell(answer(307, { location: '/other' }));
    expect(outcome.message).toBe('status 307: it is somewhere else, and redirects are not followed');
    expect(received).toHaveLength(1);
  });

  it('waits as long as the server asks for, within reason', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfter('7', now)).toBe(7000);
    expect(retryAfter('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9000);
    expect(retryAfter('Thu, 01 Jan 2025 00:00:00 GMT', now)).toBe(0);
    expect(retryAfter('86400', now)).toBe(60_000);
    expect([retryAfter('soon', now), retryAfter('', now), retryAfter(undefined, now)]).toEqual([0, 0, 0]);
  });

  it('is told again where the server does not answer in time', async () => {
    const { outcome, received } = await tell(
      (response, request, number) => {
        if (number > 1) answer(200)(response, request, number);
      },
      { pauses, timeout: 300 },
    );
    expect([outcome.done, received.length]).toEqual([true, 2]);
    await peer?.close();
    const silent = await tell(() => {}, { pauses: [1], timeout: 50 });
    expect(silent.outcome.message).toBe('given up after 2 tries: it did not answer in time');
  });

  it('is given up when no time is left, and when nobody listens', async () => {
    const late = new AbortController();
    const { outcome } = await tell(() => late.abort(), { pauses }, late.signal);
    expect(outcome.done).toBe(false);
    expect(outcome.message).toBe('given up after 1 try: no time was left for its answer');
    const nobody = new Webhook('http://127.0.0.1:1/', { pauses: [1] });
    expect(await nobody.act(alertOf(), never)).toEqual({
      done: false,
      message: 'given up after 2 tries: the connection was refused',
    });
  });

  it('shows no more of its URL than who it is', () => {
    expect(new Webhook('https://user:pass@hooks.example.com:8443/T0/B1/x?token=1').name).toBe(
      'webhook https://hooks.example.com:8443/…',
    );
    for (const text of ['ftp://example.com', 'example.com', '']) {
      expect(() => new Webhook(text)).toThrow('--webhook: a URL of http or https is needed');
    }
  });

  it('has a secret that is one', () => {
    for (const text of ['hunter2', 'whsec_', 'whsec_AAAA', 'no base64, which is as long as it should be!']) {
      expect(() => parseSecret(text, 'FRESHET_WEBHOOK_SECRET')).toThrow('FRESHET_WEBHOOK_SECRET is no secret');
    }
  });
});
