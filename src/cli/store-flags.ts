import {
  deadLetterFlags,
  emitFlags,
  generalFlags,
  inputFlags,
  metricsFlag,
  outputFlags,
  topicOutputFlags,
} from './flags.js';

/** Where `store` keeps rows unless told. */
export const STORE = 'sqlite:freshet.db';

export const storeFlags = {
  ...inputFlags,
  ...topicOutputFlags,
  to: outputFlags.to,
  create: outputFlags.create,
  drain: emitFlags.drain,
  ...deadLetterFlags,
  ...metricsFlag,
  ...generalFlags,
};
