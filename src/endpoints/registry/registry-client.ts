import { ServiceError } from '../../records/errors.js';
import { codeOf, sentenceOf } from '../system-error.js';
import { sendRequest } from './http-request.js';
import type { RegistrySettings } from './registry-settings.js';

/** What a registry has answered: a status below 500 that lets this user in. */
export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly body: unknown;
}

export interface Request {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** At the start a registry that is away is told of within two seconds. */
export const START_TIMEOUT_MS = 1500;
const TIMEOUT_MS = 10_000;
const TOO_MANY = 429;
const JSON_TYPE = 'application/vnd.schemaregistry.v1+json';

/** A registry does not answer, or not now. */
export class RegistryAway extends ServiceError {}

/** A schema registry, by Confluent's HTTP interface (Schema Registry API Reference, v1). */
export class RegistryClient {
  readonly #settings: RegistrySettings;
  readonly #closed = new AbortController();

  constructor(settings: RegistrySettings) {
    this.#settings = settings;
  }

  /** What to call it in sentences. */
  get name(): string {
    return this.#settings.url;
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Sends one request, once.
   * @throws RegistryAway where there is no answer, or one that passes; ServiceError where this user is not let in, or
   *   what answers is no registry
   */
  async send(path: string, { method = 'GET', body, timeout = TIMEOUT_MS }: Request = {}): Promise<Answer> {
    const { url, authorization } = this.#settings;
    const headers = {
      accept: `${JSON_TYPE}, application/json`,
      ...(body === undefined ? {} : { 'content-type': JSON_TYPE }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), this.#closed.signal]);
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const { status, text } = await sendRequest(`${url}/${path}`, { method, headers, signal, ...content }).catch(
      (cause: unknown) => {
        const why = signal.aborted ? 'it takes too long' : reasonOf(cause);
        const next = 'Check that it runs, and that --registry or SCHEMA_REGISTRY_URL names it.';
        throw new RegistryAway(`no answer from the schema registry at ${url}: ${why}`, next, { cause });
      },
    );
    return { status, body: this.#checked(status, text) };
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed.abort();
  }

  #checked(status: number, text: string): unknown {
    const { url } = this.#settings;
    if (status === 401 || status === 403) {
      throw new ServiceError(
        `the schema registry at ${url} does not let this user in (${status})`,
        'Set SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD.',
      );
    }
    if (status >= 500 || status === TOO_MANY) {
      throw new RegistryAway(`the schema registry at ${url} answers with status ${status}`, 'Look into its log.');
    }
    try {
      return JSON.parse(text);
    } catch {
      // A path that it does not know may be answered in any form.
      if (status === 404) return undefined;
      throw noRegistry(url);
    }
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
  ECONNRESET: 'the connection was cut',
};

function reasonOf(error: unknown): string {
  return SENTENCES[codeOf(error) ?? ''] ?? sentenceOf(error);
}

export function noRegistry(url: string): ServiceError {
  return new ServiceError(
    `what answers at ${url} is no schema registry`,
    'Check --registry or SCHEMA_REGISTRY_URL; some registries have a path, such as /apis/ccompat/v7.',
  );
}

/** A property of an answer; undefined where it is no object. */
export function propertyOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}
