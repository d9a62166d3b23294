import { Random } from './random.mjs';

const DAYS = 60;
const DAY_SECONDS = 86_400;
const FIRST_DAY = Date.UTC(2017, 7, 1);

/** `2017-08-01`, …: the texts of the 60 days. */
const DAY_TEXTS = Array.from({ length: DAYS }, (_, day) =>
  Buffer.from(new Date(FIRST_DAY + day * DAY_SECONDS * 1000).toISOString().slice(0, 10)),
);

/** Harvests of channels' subscribers, in random order of channel and of time. */
export class Harvests {
  channel = 0;
  /** Since the start of 2017-08-01. */
  second = 0;
  subs = 0;
  #random;
  #channels;
  #left;

  constructor({ records, channels, seed }) {
    this.#left = records;
    this.#channels = channels;
    this.#random = new Random(seed);
  }

  /** Goes on to the next record; false after the last. */
  next() {
    if (this.#left === 0) return false;
    this.#left--;
    this.channel = this.#random.below(this.#channels);
    this.second = this.#random.below(DAYS * DAY_SECONDS);
    this.subs = 100 + this.#random.below(5_000_000);
    return true;
  }

  /** Writes `2017-08-02T19:06:20`. */
  writeTime(file) {
    const day = Math.floor(this.second / DAY_SECONDS);
    const second = this.second - day * DAY_SECONDS;
    const minute = Math.floor(second / 60);
    const hour = Math.floor(minute / 60);
    file.bytes(DAY_TEXTS[day]);
    writePair(file, 'T', hour);
    writePair(file, ':', minute - hour * 60);
    writePair(file, ':', second - minute * 60);
  }
}

/** How long the text of a time is. */
export const TIME_LENGTH = 19;

/** The UTF-8 bytes of `channel_0`, `channel_1`, … */
export function channelNames(channels) {
  return Array.from({ length: channels }, (_, channel) => Buffer.from(`channel_${channel}`));
}

function writePair(file, separator, value) {
  const tens = (value / 10) | 0;
  file.buffer[file.at++] = separator.charCodeAt(0);
  file.buffer[file.at++] = 48 + tens;
  file.buffer[file.at++] = 48 + value - tens * 10;
}
