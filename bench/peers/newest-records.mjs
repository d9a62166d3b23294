import { writeSync } from 'node:fs';

const WRITE_SIZE = 65_536;

/** The newest record per channel and day, the greatest time and then the greatest subs: what the peers on Node share. */
export class NewestRecords {
  #channels = new Map();

  add(record) {
    let days = this.#channels.get(record.yt_channel_id);
    if (days === undefined) {
      days = new Map();
      this.#channels.set(record.yt_channel_id, days);
    }
    const day = record.harvest_ts.slice(0, 10);
    const old = days.get(day);
    if (
      old === undefined ||
      record.harvest_ts > old.harvest_ts ||
      (record.harvest_ts === old.harvest_ts && record.subs > old.subs)
    ) {
      days.set(day, record);
    }
  }

  /** Writes them to standard output, a line of JSON each. */
  write() {
    let text = '';
    for (const days of this.#channels.values()) {
      for (const [date, { yt_channel_id, harvest_ts, subs }] of days) {
        text += `${JSON.stringify({ yt_channel_id, harvest_ts, date, subs })}\n`;
        if (text.length > WRITE_SIZE) {
          writeSync(1, text);
          text = '';
        }
      }
    }
    writeSync(1, text);
  }
}
