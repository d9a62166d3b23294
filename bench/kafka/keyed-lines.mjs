// The lines of a file, each behind its channel and a tab, as Kafka's console producer takes keys: FILE TIMES.

import { once } from 'node:events';
import { createReadStream } from 'node:fs';

const [path, times] = process.argv.slice(2);
const BEFORE_CHANNEL = Buffer.byteLength('{"yt_channel_id": "');
const [TAB, NEWLINE, QUOTE] = [9, 10, 34];

for (let time = 0; time < Number(times); time++) {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const bytes = Buffer.concat([rest, chunk]);
    // A channel and a tab are shorter than the line that they come of.
    const keyed = Buffer.allocUnsafe(2 * bytes.length);
    let at = 0;
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      const channel = from + BEFORE_CHANNEL;
      at += bytes.copy(keyed, at, channel, bytes.indexOf(QUOTE, channel));
      keyed[at++] = TAB;
      at += bytes.copy(keyed, at, from, end + 1);
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (!process.stdout.write(keyed.subarray(0, at))) await once(process.stdout, 'drain');
  }
}
