import { ByteRun } from './byte-run.mjs';
import { channelNames, Harvests } from './harvests.mjs';
import { Random } from './random.mjs';

/**
 * What a JSON reader must not rely on: the order of keys differs from line to line, fields that nobody asked for stand
 * between them, nested ones too, strings hold escapes, and one channel's name is spelled in several ways.
 */
export function writeShuffled(file, plan) {
  const spellings = channelNames(plan.channels).map((name, channel) => spellingsOf(name.toString(), channel));
  const harvests = new Harvests(plan);
  const random = new Random(plan.seed + 1);
  const time = new ByteRun(32);
  while (harvests.next()) {
    time.at = 0;
    harvests.writeTime(time);
    const ways = spellings[harvests.channel];
    const fields = [
      `"yt_channel_id": ${ways[random.below(ways.length)]}`,
      `"harvest_ts": "${time.buffer.latin1Slice(0, time.at)}"`,
      `"subs": ${harvests.subs}`,
      ...EXTRAS[random.below(EXTRAS.length)],
    ];
    shuffle(fields, random);
    file.text(`{${fields.join(', ')}}\n`);
    file.room();
  }
}

/** The ways in which a channel's name is written: half of the channels have one that needs no escape. */
function spellingsOf(name, channel) {
  switch (channel % 10) {
    case 0:
      return [`"caf\\u00e9 ${channel}"`, `"café ${channel}"`, `"caf\\u00E9 ${channel}"`];
    case 1:
      return [`"\\ud83d\\ude00 ${channel}"`, `"😀 ${channel}"`];
    case 2:
      return [`"the \\"${channel}\\" show"`, `"the \\u0022${channel}\\u0022 show"`];
    case 3:
      return [`"news\\/${channel}\\\\live"`, `"news/${channel}\\u005clive"`];
    case 4:
      return [`"line\\n${channel}\\tend"`, `"line\\u000a${channel}\\u0009end"`];
    default:
      return [`"${name}"`];
  }
}

const EXTRAS = [
  [
    '"stat": {"views": 8123, "likes": {"up": 12, "down": null}, "tags": ["new", "a \\"quoted\\" tag", "d\\u00e9j\\u00e0"]}',
    '"title": "a \\"title\\" with \\u0041 and \\\\ in it"',
  ],
  ['"region": "ch", "verified": true', '"stat": {"views": 1.5e3, "subs": 7, "harvest_ts": "never"}'],
  ['"note": "braces } and { in a string", "scores": [1, [2, [3, []]], -0.25, {}]'],
  ['"stat": {"tags": [], "yt_channel_id": "not this one"}', '"language": "fran\\u00e7ais"', '"rank": null'],
];

function shuffle(fields, random) {
  for (let last = fields.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [fields[last], fields[other]] = [fields[other], fields[last]];
  }
}
