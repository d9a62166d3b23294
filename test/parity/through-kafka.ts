import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { type Ended, end, ended } from '../cli/run-freshet.js';
import { makeTopic, producing } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { keyText, type Route, routeOf } from './route.js';

/*
 * Stands in for `freshet` where golden cases run: what an aggregate or a transform reads as JSON lines goes through a
 * topic first, and what it writes comes out of another one. Everything else is left to freshet as it is.
 */

/** Where it goes through, and how. */
export interface Setting {
  readonly executable: string;
  /** The folder with the built-in schemas. */
  readonly schemas: string;
  readonly brokers: string;
  readonly partitions: number;
  readonly copies: number;
  /** A file that gets a line for each command that went through topics. */
  readonly log: string;
}

void standIn(process.argv.slice(2), JSON.parse(process.env.FRESHET_PARITY ?? '')).then((status) => {
  process.exitCode = status;
});

async function standIn(args: readonly string[], setting: Setting): Promise<number> {
  const route = routeOf(args, setting.schemas);
  const input = route === undefined ? undefined : readAll(route.from);
  const lines = input === undefined ? undefined : linesOf(input);
  if (route === undefined || lines === undefined) return asItIs(args, input, setting);
  const { brokers, partitions, log } = setting;
  const from = await makeTopic(brokers, { numPartitions: partitions });
  const to = await makeTopic(brokers, { numPartitions: partitions });
  await load(brokers, from, lines, route);
  const runs = await run(route, from, to, setting);
  appendFileSync(log, `${args.join(' ')}\n`);
  process.stdout.write((await rowsOf(setting, to)).map((row) => `${row}\n`).join(''));
  const place = new RegExp(`kafka:${from}|${from}:\\d+:(\\d+)`, 'g');
  const name = route.from.join(' ');
  // Where a line was, in place of where its record is.
  const told = runs
    .map(({ err }) => err)
    .join('')
    .replace(place, (_, offset) => (offset === undefined ? name : `${name}:${Number(offset) + 1}`));
  process.stderr.write(told);
  // A copy that has nothing to do says so.
  const working = runs.filter(({ err }) => !err.includes('as many copies already'));
  return Math.max(...working.map(({ status }) => status ?? 1));
}

async function asItIs(
  args: readonly string[],
  input: Uint8Array | undefined,
  { executable }: Setting,
): Promise<number> {
  const child = spawn(process.execPath, [executable, ...args], {
    stdio: [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'],
  });
  // It may end before it has read all of it.
  child.stdin?.on('error', () => {}).end(input);
  return (await end(child)).status ?? 1;
}

/** Standard input, which can be read once only; undefined for files, which freshet can read itself. */
function readAll(from: readonly string[]): Uint8Array | undefined {
  const [path = '', ...more] = from;
  if (path === '-') return readFileSync(0);
  return more.length === 0 && existsSync(path) ? readFileSync(path) : undefined;
}

/** Undefined for what are no JSON lines. */
function linesOf(input: Uint8Array): string[] | undefined {
  const text = Buffer.from(input).toString();
  if (!text.startsWith('{') || !Buffer.from(text).equals(input)) return undefined;
  return text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
}

async function load(brokers: string, topic: string, lines: readonly string[], { key }: Route): Promise<void> {
  const messages = lines.map((value) => ({ value, key: keyText(value, key) ?? null }));
  await producing(brokers, (producer) => producer.send({ topic, messages, acks: -1 }));
}

function run({ words }: Route, from: string, to: string, { executable, brokers, copies }: Setting): Promise<Ended[]> {
  const ends = ['--from', `kafka:${from}`, '--to', `kafka:${to}`, '--brokers', brokers];
  const flags = ['--group', freshName('parity'), '--until-end'];
  // Rows at the end alone, as of a file.
  if (words[0] === 'aggregate') flags.push('--every', '1h');
  const copy = (): Promise<Ended> => ended(spawn(process.execPath, [executable, ...words, ...ends, ...flags]));
  return Promise.all(Array.from({ length: copies }, copy));
}

/** The last row of each key, in the order in which they were written. */
async function rowsOf({ executable, brokers }: Setting, topic: string): Promise<string[]> {
  const args = ['tail', topic, '--offset', 'beginning', '--until-end', '--format', 'json', '--brokers', brokers];
  const { out } = await ended(spawn(process.execPath, [executable, ...args]));
  const rows = new Map<string, string>();
  for (const line of out.split('\n').slice(0, -1)) {
    const [, key = '', row = ''] = /"key":(.*),"value":(\{.*\}),"headers":\{\}\}$/.exec(line) ?? [];
    const own = key === 'null' ? line : key;
    rows.delete(own);
    rows.set(own, row);
  }
  return [...rows.values()];
}
