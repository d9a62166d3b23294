import { channelNames, Harvests } from './harvests.mjs';

const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** The records of writeNdjson() with a header and commas. */
export function writeCsv(file, plan) {
  const names = channelNames(plan.channels);
  const harvests = new Harvests(plan);
  file.text('yt_channel_id,harvest_ts,subs\n');
  while (harvests.next()) {
    file.bytes(names[harvests.channel]);
    file.buffer[file.at++] = COMMA;
    harvests.writeTime(file);
    file.buffer[file.at++] = COMMA;
    file.digits(harvests.subs);
    file.buffer[file.at++] = NEWLINE;
    file.room();
  }
}
