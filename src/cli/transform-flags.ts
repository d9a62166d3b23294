import { deadLetterFlags, emitFlags, generalFlags, inputFlags, metricsFlag, outputFlags } from './flags.js';

export const transformFlags = {
  ...inputFlags,
  drain: emitFlags.drain,
  ...outputFlags,
  ...deadLetterFlags,
  ...metricsFlag,
  ...generalFlags,
};
