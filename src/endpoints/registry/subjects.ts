import { ServiceError, UsageError } from '../../records/errors.js';
import { jsonText, parseJson } from '../../records/json-text.js';
import type { Value } from '../../records/value.js';
import { type Answer, noRegistry, propertyOf, type RegistryClient, START_TIMEOUT_MS } from './registry-client.js';

/** Requests at the start are not waited for long. */
const AT_START = { timeout: START_TIMEOUT_MS } as const;
const CONFLICT = 409;
const INVALID = 422;
const NOT_FOUND = 404;

/** The subject of a topic's values (Confluent's TopicNameStrategy). */
export function subjectOf(topic: string): string {
  return `${topic}-value`;
}

/** @throws ServiceError where the registry is away, or what answers is none */
export async function subjectsOf(client: RegistryClient): Promise<string[]> {
  const { body } = await client.send('subjects', AT_START);
  if (!Array.isArray(body)) throw noRegistry(client.name);
  return body.map(String);
}

/** The newest schema of a subject as JSON; undefined where it has none, or one of another kind than Avro. */
export async function latestSchema(client: RegistryClient, subject: string): Promise<unknown> {
  const answer = await client.send(`subjects/${encodeURIComponent(subject)}/versions/latest`, AT_START);
  if (answer.status === NOT_FOUND) return undefined;
  const { body } = expected(client, answer);
  const text = propertyOf(body, 'schema');
  const kind = propertyOf(body, 'schemaType') ?? 'AVRO';
  return kind === 'AVRO' && typeof text === 'string' ? parseJson(text) : undefined;
}

/**
 * Registers a schema unless the subject has it, and gives its number.
 * @param json the schema
 * @throws UsageError where the registry does not take it: it is not compatible with an earlier one
 */
export async function registerSchema(client: RegistryClient, subject: string, json: Value): Promise<number> {
  const path = `subjects/${encodeURIComponent(subject)}`;
  const body = { schema: jsonText(json) };
  const found = await client.send(path, { method: 'POST', body, ...AT_START });
  const known = found.status === 200 ? propertyOf(found.body, 'id') : undefined;
  if (typeof known === 'number') return known;
  const answer = await client.send(`${path}/versions`, { method: 'POST', body });
  if (answer.status === CONFLICT || answer.status === INVALID) {
    throw new UsageError(
      `subject ${subject} of the schema registry at ${client.name} does not take the schema: ${messageOf(answer)}`,
      'Give new fields defaults and leave old ones as they are, or write to another topic.',
    );
  }
  const id = propertyOf(expected(client, answer).body, 'id');
  if (typeof id === 'number') return id;
  throw new ServiceError(`the schema registry at ${client.name} gave schema ${subject} no number`);
}

/**
 * Whether a schema could be registered: what stands in the way, a sentence each; none where nothing does, or the
 * subject is not there yet.
 */
export async function checkWithSubject(client: RegistryClient, subject: string, json: Value): Promise<string[]> {
  const path = `compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`;
  const answer = await client.send(path, { method: 'POST', body: { schema: jsonText(json) }, ...AT_START });
  if (answer.status === NOT_FOUND) return [];
  if (answer.status === INVALID) return [messageOf(answer)];
  const { body } = expected(client, answer);
  if (propertyOf(body, 'is_compatible') !== false) return [];
  const messages = propertyOf(body, 'messages');
  return Array.isArray(messages) && messages.length > 0
    ? messages.map(String)
    : [`it is not compatible with the latest schema of subject ${subject}`];
}

function expected(client: RegistryClient, answer: Answer): Answer {
  if (answer.status === 200) return answer;
  throw new ServiceError(`the schema registry at ${client.name} says: ${messageOf(answer)} (status ${answer.status})`);
}

/** What the registry says, on one line. */
function messageOf({ status, body }: Answer): string {
  const message = propertyOf(body, 'message');
  return typeof message === 'string' ? message.replace(/\s+/g, ' ').trim() : `status ${status}`;
}
