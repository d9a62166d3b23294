import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ended, ended, start } from '../cli/run-freshet.js';
import { freshName } from '../services/fresh-names.js';
import type { CaseTopics } from './case-topics.js';
import type { Input } from './records-in.js';
import type { Route } from './route.js';
import { type InputTopic, toldOfInputs, withOneSummary } from './told-of-topics.js';

/** How commands are run: by one copy, or by several that share the partitions. */
export interface Setting {
  readonly partitions: number;
  readonly copies: number;
}

/** Where a command runs. */
export interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Work {
  readonly route: Route;
  readonly inputs: readonly Input[];
  readonly place: Place;
}

/** What came of a command, as if it had read and written what topics stood for. */
interface TopicOutcome {
  readonly out: Buffer;
  readonly err: string;
  readonly status: number;
  /** How many copies there were. */
  readonly copies: number;
}

/** Runs a command with topics in place of its inputs, of standard output and of a file of dead letters. */
export async function throughTopics(topics: CaseTopics, setting: Setting, work: Work): Promise<TopicOutcome> {
  const { route, inputs, place } = work;
  const { partitions } = setting;
  const copies = route.isShared ? setting.copies : 1;
  const group = freshName('parity');
  const made = await topics.make(inputs.length + (route.rows ? 1 : 0) + (route.dead === undefined ? 0 : 1), partitions);
  const from = made.slice(0, inputs.length);
  const [to, letters] = route.rows ? made.slice(inputs.length) : [undefined, ...made.slice(inputs.length)];
  const words = [...route.words];
  if (from.length > 0) words.push('--from', `kafka:${from.join(',')}`, '--group', group);
  if (to !== undefined) words.push('--to', `kafka:${to}`);
  if (letters !== undefined) words.push('--dead', `kafka:${letters}`);
  // An interval that is no good is for freshet to tell.
  if (route.verb === 'aggregate' && !words.includes('--every'))
    words.push('--every', partitions === 1 ? '1h' : '200ms');
  const registry = inputs.some(({ schema }) => schema !== undefined) ? { SCHEMA_REGISTRY_URL: topics.registry } : {};
  const command = { words, place: { ...place, env: { ...place.env, KAFKA_BROKERS: topics.brokers, ...registry } } };
  // What looks at a topic before its records come finds their schema, too.
  const headers = await Promise.all(inputs.map((input, at) => topics.register(from[at] ?? '', input)));
  const load = (): Promise<InputTopic[]> =>
    Promise.all(
      inputs.map(async (input, at) => {
        const loaded = await topics.load(from[at] ?? '', headers[at] ?? Buffer.of(), partitions, input, route.key);
        return { ...loaded, path: route.reads[at] ?? '-' };
      }),
    );
  const { loaded, runs } =
    copies === 1 ? await runOne(command, load) : await runCopies(topics, { group, copies }, command, load);
  const told = (text: string): string => toldOfInputs(text, loaded);
  if (route.dead !== undefined && letters !== undefined) {
    const lines = recordsIn(await topics.printed(letters, 'json')).map(({ value }) => `${value}\n`);
    const write = route.dead.append ? appendFileSync : writeFileSync;
    write(resolve(place.cwd, route.dead.path), told(lines.join('')));
  }
  const printed = Buffer.from(told(runs.map(({ out }) => out).join('')));
  const isUpserted = route.verb === 'aggregate' && partitions > 1;
  const rows = to === undefined ? Buffer.of() : await rowsIn(topics, to, isUpserted);
  topics.forget(made, group);
  return {
    out: Buffer.concat([printed, rows]),
    err: told(withOneSummary(runs.map(({ err }) => err).join(''))),
    copies,
    status: Math.max(...runs.map(({ status }) => status ?? 1)),
  };
}

interface Command {
  readonly words: readonly string[];
  readonly place: Place;
}

/** How copies ran, and what stood in the topics that they read. */
interface Ran {
  readonly loaded: readonly InputTopic[];
  readonly runs: readonly Ended[];
}

async function runOne({ words, place }: Command, load: () => Promise<InputTopic[]>): Promise<Ran> {
  const loaded = await load();
  const untilEnd = loaded.length === 0 ? [] : ['--until-end'];
  return { loaded, runs: [await ended(start([...words, ...untilEnd], place))] };
}

/** Several copies, which have shared the partitions before the first record comes. */
async function runCopies(
  topics: CaseTopics,
  { group, copies }: { readonly group: string; readonly copies: number },
  { words, place }: Command,
  load: () => Promise<InputTopic[]>,
): Promise<Ran> {
  const processes = Array.from({ length: copies }, () => start(words, place));
  let isOver = false;
  const ends = processes.map(async (copy) => {
    const end = await ended(copy);
    isOver = true;
    return end;
  });
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!isOver && !(await holds())) await sleep(100);
  };
  let loaded: readonly InputTopic[];
  try {
    await until(async () => (await topics.members(group)) === copies);
    loaded = await load();
    for (const { topic, places } of loaded) {
      await until(async () => (await topics.committed(group, topic)) >= places.flat().length);
    }
  } finally {
    for (const copy of processes) copy.kill('SIGTERM');
  }
  const runs = (await Promise.all(ends)).map((end) => (end.status === 143 ? { ...end, status: 0 } : end));
  // What is on its way between copies is for the next run.
  if (await topics.sendsOn(group)) runs.push(await ended(start([...words, '--until-end'], place)));
  return { loaded, runs };
}

/** All rows as they stand there, or of each key the last, which counts: sorted, as they lie in several partitions. */
async function rowsIn(topics: CaseTopics, topic: string, isLast: boolean): Promise<Buffer> {
  if (!isLast) return topics.printed(topic, 'raw');
  const last = new Map(recordsIn(await topics.printed(topic, 'json')).map(({ key, value }) => [key, value]));
  return Buffer.from(
    [...last.values()]
      .sort()
      .map((row) => `${row}\n`)
      .join(''),
  );
}

/** The keys and values of printed records, as they stand there. */
function recordsIn(lines: Buffer): { key: string; value: string }[] {
  return lines
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, key = '', value = ''] = /"key":(.*?),"value":(\{.*\}),"headers":\{\}\}$/.exec(line) ?? [];
      return { key, value };
    });
}
