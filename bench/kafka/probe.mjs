import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { freshName } from './topics.mjs';

const CHANNELS = 1000;
const FIRST_DAY = Date.UTC(2017, 7, 1);
const DAY_MS = 86_400_000;
/** When no row has come for so long, none is waited for. */
const PATIENCE_MS = 30_000;

/** Writes lines into one topic at a steady rate, and notes when each of them has become a row of another. */
export class Probe {
  #client;
  #topic;
  #sent = [];
  #seen = [];
  #rows = 0;
  #producer;
  #consumer;
  #stopped = false;

  /** @param {{ client, topic: string }} where the lines go */
  constructor({ client, topic }) {
    this.#client = client;
    this.#topic = topic;
  }

  /** @param {string} out where the rows come from: only what was committed is seen */
  async start(out) {
    this.#producer = this.#client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    this.#consumer = this.#client.consumer({ groupId: freshName('probe'), minBytes: 1, maxWaitTimeInMs: 1000 });
    await Promise.all([this.#producer.connect(), this.#consumer.connect()]);
    await this.#consumer.subscribe({ topic: out, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const now = performance.now();
        for (const { value } of batch.messages) {
          const number = JSON.parse(value.toString()).subs;
          if (this.#seen[number] === undefined) this.#rows++;
          this.#seen[number] ??= now;
        }
      },
    });
  }

  /** Sends lines for so long. A line's time is that before it is handed to the producer. */
  async send(rate, seconds) {
    const began = performance.now();
    const first = this.#sent.length;
    const sends = [];
    while (performance.now() - began < seconds * 1000 && !this.#stopped) {
      const due = first + Math.floor(((performance.now() - began) / 1000) * rate);
      const messages = [];
      while (this.#sent.length < due) {
        messages.push(lineOf(this.#sent.length));
        this.#sent.push(performance.now());
      }
      if (messages.length > 0) sends.push(this.#producer.send({ topic: this.#topic, messages, acks: -1 }));
      await sleep(1);
    }
    await Promise.all(sends);
  }

  /** Waits for the rows of all lines. @returns {Promise<number>} how many there are */
  async settle() {
    let rows = this.#rows;
    let moved = performance.now();
    while (rows < this.#sent.length && performance.now() - moved < PATIENCE_MS && !this.#stopped) {
      await sleep(20);
      if (this.#rows > rows) moved = performance.now();
      rows = this.#rows;
    }
    return this.#rows;
  }

  /** @returns {number[]} milliseconds from each line to its row, in order of length, without those of the first lines */
  latencies(without) {
    return this.#sent
      .map((sent, number) => this.#seen[number] - sent)
      .slice(without)
      .sort((a, b) => a - b);
  }

  get sent() {
    return this.#sent.length;
  }

  async stop() {
    this.#stopped = true;
    await Promise.all([this.#producer?.disconnect(), this.#consumer?.disconnect()]);
  }
}

/** Each line is of a channel and day of its own, so that each gives a row; its subs are its number. */
function lineOf(number) {
  const channel = `channel_${number % CHANNELS}`;
  const day = new Date(FIRST_DAY + Math.floor(number / CHANNELS) * DAY_MS).toISOString().slice(0, 10);
  const value = `{"yt_channel_id": "${channel}", "harvest_ts": "${day}T12:00:00", "subs": ${number}}`;
  return { key: channel, value };
}
