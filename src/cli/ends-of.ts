import type { Format } from '../codecs/codec.js';
import { parseListenAddress } from '../endpoints/listen-address.js';
import type { Ends } from '../pipeline/open-pipeline.js';
import { UsageError } from '../records/errors.js';
import { zoneOf } from '../records/time/zone.js';

/** The values of the shared flags, as oclif parses them; a command has some of them. */
export interface EndFlags {
  readonly from?: string[];
  readonly 'from-format'?: Format;
  readonly to?: string[];
  readonly format?: Format;
  readonly compression?: 'null' | 'deflate' | 'snappy';
  readonly append?: boolean;
  readonly create?: boolean;
  readonly where?: string;
  readonly deletes?: boolean;
  readonly timezone?: string;
  readonly dead?: string;
  readonly 'max-dead'?: number;
  readonly strict?: boolean;
  readonly every?: number;
  readonly 'idle-close'?: number;
  readonly drain?: number;
  readonly 'max-state'?: number;
  readonly brokers?: string;
  readonly registry?: string;
  readonly offset?: string;
  readonly 'until-end'?: boolean;
  readonly group?: string;
  readonly reset?: boolean;
  readonly guarantee?: 'exactly-once' | 'at-least-once';
  readonly 'create-topics'?: boolean;
  readonly partitions?: number;
  readonly replication?: number;
  readonly metrics?: string;
}

/** The ends of a pipeline that flags ask for. @param to where rows go unless told */
export function endsOf(flags: EndFlags, to = '-'): Ends {
  return {
    from: flags.from ?? ['-'],
    fromFormat: flags['from-format'],
    to: flags.to ?? [to],
    format: flags.format,
    compression: flags.compression,
    append: flags.append ?? false,
    create: flags.create ?? true,
    where: flags.where,
    deletes: flags.deletes ?? false,
    zone: zoneOf(flags.timezone ?? 'UTC'),
    dead: flags.dead,
    maxDead: flags['max-dead'] ?? Number.POSITIVE_INFINITY,
    strict: flags.strict ?? false,
    every: flags.every ?? 1000,
    idleClose: flags['idle-close'],
    drain: flags.drain ?? 10_000,
    maxState: flags['max-state'] ?? Number.POSITIVE_INFINITY,
    topics: topicsOf(flags),
    guarantee: flags.guarantee ?? 'exactly-once',
    creation: creationOf(flags),
    ...(flags.registry === undefined || flags.registry === '' ? {} : { registry: flags.registry }),
    ...(flags.metrics === undefined ? {} : { metrics: parseListenAddress(flags.metrics, '--metrics') }),
  };
}

/** How topics that are missing are made. @throws UsageError for flags that say how where none is to be made */
export function creationOf(flags: Pick<EndFlags, 'create-topics' | 'partitions' | 'replication'>): Ends['creation'] {
  const { partitions, replication } = flags;
  const said = {
    ...(partitions === undefined ? {} : { partitions }),
    ...(replication === undefined ? {} : { replication }),
  };
  if (flags['create-topics'] === true) return said;
  const [flag] = Object.keys(said);
  if (flag !== undefined) {
    throw new UsageError(`--${flag} says how a topic is made`, 'Give --create-topics to have missing ones made.');
  }
  return undefined;
}

/** How topics are read and written. */
export function topicsOf(
  flags: Pick<EndFlags, 'brokers' | 'offset' | 'until-end' | 'group' | 'reset'>,
): Ends['topics'] {
  const { brokers, offset, group, reset = false, 'until-end': untilEnd = false } = flags;
  return {
    untilEnd,
    reset,
    ...(group === undefined ? {} : { group }),
    ...(brokers === undefined ? {} : { brokers }),
    ...(offset === undefined ? {} : { offset }),
  };
}
