const megabyte = 'x'.repeat(1 << 20);
const record = (hour, subs, channel, more = '') =>
  `{"harvest_ts":"2017-08-02T${hour}:00:00","subs":${subs},"yt_channel_id":"${channel}"${more}}\n`;
const [head, tail] = record('03', 2, 'a', ',"note":"NOTE"').split('NOTE');
process.stdout.write(record('02', 1, 'a') + head);
for (let n = 0; n < 100; n++) process.stdout.write(megabyte);
process.stdout.write(tail + record('01', 3, 'b'));
