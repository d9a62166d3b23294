const megabyte = 'x'.repeat(1 << 20);
const record = (hour, subs, channel) =>
  `{"harvest_ts":"2017-08-02T${hour}:00:00","subs":${subs},"yt_channel_id":"${channel}"}\n`;
process.stdout.write(`${record('02', 1, 'a')}{"harvest_ts":"`);
for (let n = 0; n < 100; n++) process.stdout.write(megabyte);
process.stdout.write(`\n${record('01', 3, 'b')}`);
