import { Random } from './random.mjs';

const DAYS = 60;
const FIRST_DAY = Date.UTC(2017, 7, 1);
const DAY_MS = 86_400_000;

/**
 * Daily rows, each of another channel and day, in random order:
 * `{"yt_channel_id":"channel_75","harvest_ts":"2017-08-02T19:06:20","date":"2017-08-02","subs":3551671}`, a line each.
 */
export function writeDaily(file, { records, seed }) {
  const random = new Random(seed);
  const order = Uint32Array.from({ length: records }, (_, row) => row);
  for (let at = records - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  for (const row of order) {
    const second = random.below(86_400);
    const time = new Date(FIRST_DAY + (row % DAYS) * DAY_MS + second * 1000).toISOString().slice(0, 19);
    const channel = Math.floor(row / DAYS);
    const subs = random.below(5_000_000);
    file.bytes(
      Buffer.from(
        `{"yt_channel_id":"channel_${channel}","harvest_ts":"${time}","date":"${time.slice(0, 10)}","subs":${subs}}\n`,
      ),
    );
    file.room();
  }
}
