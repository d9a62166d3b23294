import type { Format } from '../codecs/codec.js';
import type { Ends } from '../pipeline/open-pipeline.js';
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
  readonly timezone?: string;
  readonly dead?: string;
  readonly 'max-dead'?: number;
  readonly strict?: boolean;
  readonly every?: number;
  readonly 'idle-close'?: number;
  readonly drain?: number;
  readonly 'max-state'?: number;
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
    zone: zoneOf(flags.timezone ?? 'UTC'),
    dead: flags.dead,
    maxDead: flags['max-dead'] ?? Number.POSITIVE_INFINITY,
    strict: flags.strict ?? false,
    every: flags.every ?? 1000,
    idleClose: flags['idle-close'],
    drain: flags.drain ?? 10_000,
    maxState: flags['max-state'] ?? Number.POSITIVE_INFINITY,
  };
}
