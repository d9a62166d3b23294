// Node's readline with JSON.parse (or a split at commas): the newest record per channel and day.
// Arguments: ndjson|csv FILE|-.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { NewestRecords } from './newest-records.mjs';

const [format, path] = process.argv.slice(2);
const input = path === '-' ? process.stdin : createReadStream(path);
const parse = format === 'csv' ? cells : JSON.parse;
const newest = new NewestRecords();

let header = format === 'csv';
const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
lines.on('line', (line) => {
  if (header) header = false;
  else newest.add(parse(line));
});
lines.on('close', () => newest.write());

function cells(line) {
  const [yt_channel_id, harvest_ts, subs] = line.split(',');
  return { yt_channel_id, harvest_ts, subs: Number(subs) };
}
