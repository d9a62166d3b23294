const record = (subs, deep) =>
  `{"harvest_ts":"2017-08-02T02:00:00","subs":${subs},"yt_channel_id":"a","deep":${deep}}\n`;
process.stdout.write(record(1, '[1]') + record(2, '['.repeat(1e5) + ']'.repeat(1e5)) + record(3, '['.repeat(1e5)));
