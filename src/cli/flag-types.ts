import * as Flags from '@oclif/core/flags';
import { FORMATS, type Format } from '../codecs/codec.js';
import { formatAddress, parseListenAddress } from '../endpoints/listen-address.js';
import { UsageError } from '../records/errors.js';
import { parseSize } from '../records/parse-size.js';
import { parseDuration } from '../records/time/duration.js';
import { zoneOf } from '../records/time/zone.js';

/** A flag that takes a duration, in milliseconds. */
export const duration = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async (text, _context, { name }) => parseDuration(text, `--${name}`),
});

/** A flag that takes a count: a whole number of at least `min`, and of `max` at most. */
export const count = Flags.custom<number, { min?: number; max?: number }>({
  helpValue: 'N',
  parse: async (text, _context, { name, min = 0, max = Number.POSITIVE_INFINITY }) => {
    const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    const bounds = Number.isFinite(max) ? `from ${min} to ${max.toLocaleString('en-US')}` : `of at least ${min}`;
    throw new UsageError(`--${name} ${text}: a whole number ${bounds} is needed`);
  },
});

/** A flag that takes a size, in bytes. */
export const size = Flags.custom<number>({
  helpValue: 'SIZE',
  parse: async (text, _context, { name }) => parseSize(text, `--${name}`),
});

/** A flag that takes an address to listen at. */
export const listen = Flags.custom<string>({
  helpValue: 'HOST:PORT',
  parse: async (text, _context, { name }) => formatAddress(parseListenAddress(text, `--${name}`)),
});

/** A flag that takes names of fields. */
export const list = Flags.custom<string[]>({
  helpValue: 'FIELD,…',
  parse: async (text) => text.split(',').map((one) => one.trim()),
});

/** A flag that takes a format of records. */
export const format = Flags.custom<Format>({ options: [...FORMATS], helpValue: 'FORMAT' });

/** A flag that takes a time zone. */
export const zone = Flags.custom<string>({
  helpValue: 'ZONE',
  parse: async (text) => zoneOf(text).name,
});
