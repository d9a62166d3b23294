import { deadLetterFlags, emitFlags, generalFlags, inputFlags, outputFlags } from './flags.js';

export const transformFlags = {
  ...inputFlags,
  drain: emitFlags.drain,
  ...outputFlags,
  ...deadLetterFlags,
  ...generalFlags,
};
