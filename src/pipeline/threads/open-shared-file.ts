import type { DecodeContext } from '../../codecs/codec.js';
import type { BatchSource } from '../../endpoints/endpoint.js';
import { cutFile } from './cut-file.js';
import type { ShareQuestion } from './file-share.js';
import { HelperThread } from './helper-thread.js';
import { SharedFile } from './shared-file.js';

/** What a helper holds takes 16 MB then; where so many keys and windows lie in its share, it would spare little. */
const MOST_STATES = 250_000;
/** Long enough that the look costs nothing, and that a helper stops soon. */
const STEP = 4 * 1024 * 1024;

/** A question that threads may share. */
export interface Sharing extends ShareQuestion {
  /** Of them all. */
  readonly threads: number;
}

/** A file of JSON lines as several threads read it; undefined where it is not worth their start. */
export function openSharedFile(context: DecodeContext, { threads, ...question }: Sharing): BatchSource | undefined {
  const path = context.source;
  const cuts = cutFile(path, threads);
  if (cuts.length === 0) return undefined;
  const helpers = cuts.map((from, index) => {
    const to = cuts[index + 1] ?? Number.POSITIVE_INFINITY;
    return new HelperThread({ ...question, path, from, to, mostStates: MOST_STATES, step: STEP });
  });
  return new SharedFile(context, helpers);
}
