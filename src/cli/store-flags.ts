import * as Flags from '@oclif/core/flags';
import { deadLetterFlags, emitFlags, generalFlags, inputFlags, metricsFlag, outputFlags } from './flags.js';
import { topicOutputFlags } from './topic-flags.js';

/** Where `store` keeps rows unless told. */
export const STORE = 'sqlite:freshet.db';

export const storeFlags = {
  ...inputFlags,
  ...topicOutputFlags,
  to: outputFlags.to,
  create: outputFlags.create,
  deletes: Flags.boolean({
    description: 'delete the row of a key that a topic says is gone, by a record without a value',
    helpGroup: 'KAFKA',
  }),
  drain: emitFlags.drain,
  ...deadLetterFlags,
  ...metricsFlag,
  ...generalFlags,
};
