import type { Format } from '../codecs/codec.js';
import { UsageError } from '../records/errors.js';
import { masked } from '../records/uri-password.js';
import { formatOfName } from './formats.js';
import { type HttpUri, parseUri, type Uri } from './uri.js';

/** What says how rows are written. */
export interface OutputForm {
  readonly format?: Format;
  readonly compression?: 'null' | 'deflate' | 'snappy';
}

type OutputUri = Exclude<Uri, HttpUri>;
type DeadUri = Extract<Uri, { kind: 'stdio' | 'path' | 'topics' | 'store' }>;

/**
 * Refuses words of `--to` and `--dead` that can't be meant, before anything is waited for.
 * @throws UsageError
 */
export function checkOutputs(to: readonly string[], dead: string | undefined, form: OutputForm): void {
  for (const word of to) outputUri(word, form);
  if (dead !== undefined) deadUri(dead);
}

/** What a word of `--to` names. @throws UsageError for what takes no rows, or none of this form */
export function outputUri(word: string, { format, compression }: OutputForm): OutputUri {
  const uri = parseUri(word);
  if (uri.kind === 'http') throw new UsageError(`--to ${word}: events are taken there, not sent`);
  if (compression === undefined) return uri;
  if (uri.kind === 'store' || uri.kind === 'topics') {
    throw new UsageError(
      `--compression ${compression}: it is of Avro files, and ${masked(word)} is none`,
      uri.kind === 'topics' ? 'Record batches are compressed as ?compression= behind the name says.' : undefined,
    );
  }
  const written = formatOfOutput(uri, format);
  if (written !== 'avro') {
    throw new UsageError(
      `--compression ${compression}: ${uri.kind === 'path' ? uri.path : word} is written as ${written}, which has no blocks to compress`,
      'Only --format avro has.',
    );
  }
  return uri;
}

/** How rows are written to files, to standard output and to other programs. */
export function formatOfOutput(uri: OutputUri, format: Format | undefined): Format {
  return format ?? (uri.kind === 'path' ? formatOfName(uri.path) : undefined) ?? 'ndjson';
}

/** What the word of `--dead` names. @throws UsageError for what keeps no dead letters */
export function deadUri(word: string): DeadUri {
  const uri = parseUri(word);
  if (uri.kind === 'http' || uri.kind === 'tcp' || uri.kind === 'tcp-listen') {
    throw new UsageError(
      `--dead ${word}: dead letters are kept in a file, a topic or a table`,
      'Give a path, such as --dead dead.ndjson.',
    );
  }
  const format = uri.kind === 'path' ? formatOfName(uri.path) : undefined;
  if (format !== undefined && format !== 'ndjson') {
    throw new UsageError(`--dead ${masked(word)}: dead letters are JSON lines`, 'Give a path that ends in .ndjson.');
  }
  return uri;
}
