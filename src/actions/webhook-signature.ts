import { createHash, createHmac } from 'node:crypto';
import { UsageError } from '../records/errors.js';

const PREFIX = 'whsec_';
const SHORTEST_SECRET = 16;

/** The bytes of a secret of Standard Webhooks: `whsec_` and base64. @param name of its variable @throws UsageError */
export function parseSecret(text: string, name: string): Buffer {
  const coded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const bytes = Buffer.from(coded, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') === coded.replace(/=+$/, '') && bytes.length >= SHORTEST_SECRET) {
    return bytes;
  }
  throw new UsageError(
    `${name} is no secret for webhooks: whsec_ and base64 of at least ${SHORTEST_SECRET} bytes are needed`,
    `Make one with: echo "whsec_$(openssl rand -base64 32)"`,
  );
}

/** The same for each try to tell of an alert, so that who gets it twice can know. */
export function webhookId(alertId: string): string {
  return `msg_${createHash('sha256').update(alertId).digest('hex').slice(0, 32)}`;
}

/**
 * The headers of Standard Webhooks 1.0.0 (standardwebhooks.com).
 * @param now epoch milliseconds @param secret absent: the request is not signed
 */
export function webhookHeaders(
  id: string,
  now: number,
  body: string,
  secret: Buffer | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
