import * as Flags from '@oclif/core/flags';
import { subjectOf } from '../endpoints/registry/subjects.js';
import { openRegistry, type Registry } from '../pipeline/open-registry.js';
import { UsageError } from '../records/errors.js';
import type { Reporter } from './reporter.js';
import { registryFlag } from './topic-flags.js';

/** Flags of commands about a subject of the schema registry. */
export const subjectFlags = {
  topic: Flags.string({
    helpValue: 'TOPIC',
    description: "the topic whose values the schema describes: the subject is the topic's name and -value",
    helpGroup: 'KAFKA',
  }),
  subject: Flags.string({
    helpValue: 'NAME',
    exclusive: ['topic'],
    description: 'the subject of the schema registry',
    helpGroup: 'KAFKA',
  }),
  ...registryFlag,
};

/** The subject that is meant; undefined where there is none. */
export function subjectOfFlags({ topic, subject }: { topic?: string; subject?: string }): string | undefined {
  return subject ?? (topic === undefined ? undefined : subjectOf(topic));
}

/** The registry of a command that can't do without one. @param url what `--registry` or its variable says */
export function registryOf(url: string | undefined, { warn }: Reporter): Registry {
  if (url === undefined || url === '') {
    throw new UsageError('no schema registry is named', 'Set SCHEMA_REGISTRY_URL, or give --registry URL.');
  }
  return openRegistry(url, warn);
}
