import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Ended, end, ended, start } from '../cli/run-freshet.js';
import { makeTopic, producing, tailed } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { committed, progress } from './group-progress.js';
import type { Harvest } from './newest-rows.js';

export const PARTITIONS = 4;
/** So many records are written together. */
export const CHUNK = 400;

interface Copy {
  readonly process: ChildProcess;
  readonly done: Promise<Ended>;
}

/** Copies of an aggregate between two topics, to be killed, paused, stopped and added while records come. */
export class Copies {
  readonly #running: Copy[] = [];
  /** What was told to stop, or was not there when all were. */
  readonly #stopped: Copy[] = [];

  private constructor(
    readonly address: string,
    readonly topics: { readonly input: string; readonly output: string },
    readonly group: string,
    readonly words: readonly string[],
  ) {}

  /** @param command without its ends @param count how many copies there are */
  static async begin(address: string, command: string, count = 2): Promise<Copies> {
    const input = await makeTopic(address, { numPartitions: PARTITIONS });
    const output = await makeTopic(address, { numPartitions: PARTITIONS });
    const group = freshName('rollup');
    const ends = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--group', group, '--every', '100ms'];
    const words = [...command.split(' '), ...ends, '--brokers', address];
    const copies = new Copies(address, { input, output }, group, words);
    for (let at = 0; at < count; at++) copies.add();
    // They have their partitions before anything happens.
    await progress(address, group, input, 0);
    return copies;
  }

  get count(): number {
    return this.#running.length;
  }

  add(): void {
    const process = start(this.words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#running.push({ process, done: ended(process) });
  }

  /** Ends the one that has run for longest. @returns how it has ended */
  strike(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended> | undefined {
    const copy = this.#running.shift();
    if (copy === undefined) return undefined;
    copy.process.kill(signal);
    if (signal === 'SIGTERM') this.#stopped.push(copy);
    return copy.done;
  }

  /** Stops the one that has run for longest, past its session: another has its partitions when it goes on. */
  pause(): void {
    const copy = this.#running.shift();
    if (copy === undefined) return;
    copy.process.kill('SIGSTOP');
    setTimeout(() => copy.process.kill('SIGCONT'), 9000);
    this.#running.push(copy);
  }

  committed(): Promise<number> {
    return committed(this.address, this.group, this.topics.input);
  }

  /** Writes records in chunks, with a moment after each. @param between called with how many there are so far */
  write(records: readonly Harvest[], between: (written: number) => Promise<void> = async () => {}): Promise<void> {
    return writeChunks(this.address, this.topics.input, records, async (written) => {
      await sleep(80);
      await between(written);
    });
  }

  /** Waits until all that was written is committed, and ends the copies: none has given up. */
  async finish(): Promise<void> {
    const { input } = this.topics;
    await progress(this.address, this.group, input, (await tailed(this.address, [input])).length);
    while (this.#running.length > 0) this.strike('SIGTERM');
    for (const { status, signal, err } of await Promise.all(this.#stopped.map(({ done }) => done))) {
      // One that was stopped while it started had nothing yet to end in good order.
      expect(signal ?? status, err).toBeOneOf([143, 'SIGTERM']);
    }
    // What is on its way between the copies is for the next run.
    const last = await end(start([...this.words, '--until-end']));
    expect(last.status).toBe(0);
  }
}

/** Writes records in chunks. @param between called after each, with how many there are so far */
export function writeChunks(
  address: string,
  topic: string,
  records: readonly Harvest[],
  between: (written: number) => Promise<void> = async () => {},
): Promise<void> {
  return producing(address, async (producer) => {
    for (let at = 0; at < records.length; at += CHUNK) {
      const some = records.slice(at, at + CHUNK);
      const messages = some.map((record) => ({ key: record.yt_channel_id, value: JSON.stringify(record) }));
      await producer.send({ topic, messages, acks: -1 });
      await between(at + some.length);
    }
  });
}
