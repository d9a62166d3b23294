import { setTimeout as sleep } from 'node:timers/promises';
import type { WriterSchema } from '../../codecs/codec.js';
import { ServiceError } from '../../records/errors.js';
import { parseJson } from '../../records/json-text.js';
import { type Answer, noRegistry, propertyOf, RegistryAway, type RegistryClient } from './registry-client.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** A registry that takes longer is taken to be away. */
const TIMEOUT_MS = 5000;

/**
 * The schemas that a registry has given numbers, each asked for once. While the registry is away they are asked for
 * again and again: one line tells so, and one that it is back.
 */
export class SchemasById {
  readonly #client: RegistryClient;
  readonly #show: (sentence: string) => void;
  readonly #asked = new Map<number, Promise<WriterSchema>>();
  #isAway = false;

  constructor(client: RegistryClient, show: (sentence: string) => void) {
    this.#client = client;
    this.#show = show;
  }

  /**
   * The schema of a number, with those that it refers to. Whoever asks for one that is asked for waits for the same
   * answer; a number that the registry does not know is asked for anew.
   * @throws ServiceError where the registry does not let this user in, or is none
   */
  byId(id: number): Promise<WriterSchema> {
    const asked = this.#asked.get(id);
    if (asked !== undefined) return asked;
    const found = this.#find(id);
    this.#asked.set(id, found);
    const forget = (): void => void this.#asked.delete(id);
    found.then((schema) => ('problem' in schema ? forget() : undefined), forget);
    return found;
  }

  async #find(id: number): Promise<WriterSchema> {
    const answer = await this.#answer(`schemas/ids/${id}`);
    if (answer.status === 404) {
      // What is no registry has no codes of errors.
      if (propertyOf(answer.body, 'error_code') === undefined) throw noRegistry(this.#client.name);
      return { problem: `the schema registry at ${this.#client.name} has no schema ${id}` };
    }
    const kind = propertyOf(answer.body, 'schemaType') ?? 'AVRO';
    const schema = propertyOf(answer.body, 'schema');
    if (kind !== 'AVRO') return { problem: `schema ${id} is one of ${kind}, not of Avro` };
    if (answer.status !== 200 || typeof schema !== 'string') {
      throw new ServiceError(`the schema registry at ${this.#client.name} answers with status ${answer.status}`);
    }
    const others: unknown[] = [];
    await this.#addReferences(answer.body, others, new Set());
    const json = parsed(schema);
    return json === undefined ? { problem: `schema ${id} of the registry is no JSON` } : { json, others };
  }

  /** Adds the schemas that one refers to, each behind those that it refers to itself. */
  async #addReferences(body: unknown, others: unknown[], seen: Set<string>): Promise<void> {
    const references = propertyOf(body, 'references');
    for (const reference of Array.isArray(references) ? references : []) {
      const subject = encodeURIComponent(String(propertyOf(reference, 'subject')));
      const path = `subjects/${subject}/versions/${propertyOf(reference, 'version')}`;
      if (seen.has(path)) continue;
      seen.add(path);
      const { body: other } = await this.#answer(path);
      await this.#addReferences(other, others, seen);
      const schema = propertyOf(other, 'schema');
      if (typeof schema === 'string') others.push(parsed(schema));
    }
  }

  /** Asks until there is an answer. */
  async #answer(path: string): Promise<Answer> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const answer = await this.#client.send(path, { timeout: TIMEOUT_MS });
        this.#back();
        return answer;
      } catch (error) {
        if (!(error instanceof RegistryAway) || this.#client.closed.aborted) throw error;
        this.#gone(error);
        const { closed: signal } = this.#client;
        await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      }
    }
  }

  #gone({ message }: RegistryAway): void {
    if (!this.#isAway) this.#show(`${message}: trying again`);
    this.#isAway = true;
  }

  #back(): void {
    if (this.#isAway) this.#show('the schema registry is back: reading goes on');
    this.#isAway = false;
  }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
