import { channelNames, Harvests } from './harvests.mjs';

const BEFORE_CHANNEL = Buffer.from('{"yt_channel_id": "');
const BEFORE_TIME = Buffer.from('", "harvest_ts": "');
const BEFORE_SUBS = Buffer.from('", "subs": ');
const AFTER = Buffer.from('}\n');

/** `{"yt_channel_id": "channel_755", "harvest_ts": "2017-08-02T19:06:20", "subs": 3551671}`, a line each. */
export function writeNdjson(file, plan) {
  const names = channelNames(plan.channels);
  const harvests = new Harvests(plan);
  while (harvests.next()) {
    file.bytes(BEFORE_CHANNEL);
    file.bytes(names[harvests.channel]);
    file.bytes(BEFORE_TIME);
    harvests.writeTime(file);
    file.bytes(BEFORE_SUBS);
    file.digits(harvests.subs);
    file.bytes(AFTER);
    file.room();
  }
}
