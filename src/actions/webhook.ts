import { UsageError } from '../records/errors.js';
import type { Action, Alert, Outcome } from './action.js';
import { alertJson } from './alert-json.js';
import { sendWithRetries } from './send-with-retries.js';
import { webhookHeaders, webhookId } from './webhook-signature.js';

const TRY_MS = 10_000;

export interface WebhookOptions {
  /** Requests are signed with it. */
  readonly secret?: Buffer;
  /** Between tries, in milliseconds. */
  readonly pauses?: readonly number[];
  /** Milliseconds that a try may take. */
  readonly timeout?: number;
}

/** Posts `{type: "freshet.alert", timestamp, data}`, signed as Standard Webhooks has it. */
export class Webhook implements Action {
  readonly name: string;
  readonly #url: string;
  readonly #options: WebhookOptions;

  /** @throws UsageError for what is no URL of http or https */
  constructor(url: string, options: WebhookOptions = {}) {
    const { protocol, host, href } = parseUrl(url);
    this.#url = href;
    this.#options = options;
    // What follows may be a secret, as in a chat's.
    this.name = `webhook ${protocol}//${host}/…`;
  }

  async act(alert: Alert, aborted: AbortSignal): Promise<Outcome> {
    const { secret, pauses, timeout = TRY_MS } = this.#options;
    const body = `{"type":"freshet.alert","timestamp":"${new Date(alert.end).toISOString()}","data":${alertJson(alert)}}`;
    const id = webhookId(alert.id);
    const { problem } = await sendWithRetries({
      url: this.#url,
      make: () => ({
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'freshet',
          ...webhookHeaders(id, Date.now(), body, secret),
        },
        body,
      }),
      timeout,
      aborted,
      pauses,
    });
    return problem === undefined ? { done: true, message: 'it was told' } : { done: false, message: problem };
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UsageError('--webhook: a URL of http or https is needed', 'Such as --webhook https://example.com/alerts.');
}
