import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksOfReadme, commandsOf, printedBlock } from '../cases/readme-blocks.js';
import { type Case, expectedOf, FIXTURES, findCases, type Outcome, runCase } from '../cases/run-case.js';
import { database } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { mariadb } from '../services/mariadb.js';
import { registry } from '../services/registry/registry.js';
import { service } from '../services/service.js';
import { CaseTopics } from './case-topics.js';
import { type Exception, OF_COPIES, OF_ONE_PARTITION, OF_README, OF_TOPICS } from './exceptions.js';
import { StandIn } from './stand-in.js';
import type { Setting } from './through-topics.js';

/*
 * What the golden cases say of pipes holds of topics, too: byte for byte where they have one partition, and with the same
 * rows at last where they have four, which one copy reads or three share. A case counts only if something of it went
 * through topics; which can't, and why, stands in exceptions.ts, and is looked at here as well.
 */
const [brokers, schemas, mysql] = await Promise.all([service(kafka), service(registry), service(mariadb)]);
const topics = brokers === undefined || schemas === undefined ? undefined : await CaseTopics.open(brokers, schemas);
afterAll(() => topics?.close());

const all = findCases();
const areaOf = ({ name }: Case): string => name.split('/')[0] ?? '';
const excepted = (exceptions: readonly Exception[]): Set<string> => new Set(exceptions.flatMap(({ cases }) => cases));
const without = (cases: readonly Case[], exceptions: readonly Exception[]): Case[] => {
  const names = excepted(exceptions);
  return cases.filter(({ name }) => !names.has(name));
};

/**
 * Cases whose last rows are the same wherever records lie. Monitors look at the order of records, producers have one of
 * their own, and what is wrong usage, or an error, is so however many partitions there are.
 */
const withRows = without(all, OF_TOPICS).filter(
  (one) => !['monitor', 'produce', 'usage'].includes(areaOf(one)) && expectedOf(one).status === 0,
);
/**
 * Three copies take three times as long, and it is what is computed and kept that they share: of cases that differ in
 * what their records look like, or in what is said of files, some stand for all.
 */
const SHARED_AREAS = ['emit', 'issue', 'mysql', 'newest', 'periods', 'store', 'total', 'transform', 'window'];
const SHARED_CASES = [
  ...['bad-input/broken-json', 'bad-input/missing-fields', 'formats/avro-of-fastavro'],
  ...['formats/msgpack-of-other-things', 'paths/file-and-standard-input', 'schema/avro-of-an-older-writer'],
  ...['where/time', 'zones/day-of-23-hours', 'zones/naive-times-are-of-the-zone'],
];
const shared = without(withRows, OF_ONE_PARTITION).filter(
  (one) => SHARED_AREAS.includes(areaOf(one)) || SHARED_CASES.includes(one.name),
);

const bytes = (outcome: Outcome): unknown => outcome;
/** A comma behind each row but the last is JSON's. */
const rows = ({ out, status }: Outcome): unknown => [out.replace(/,$/gm, '').split('\n').sort(), status];
/** A command waits for brokers, and copies for each other, more than they work. */
vi.setConfig({ maxConcurrency: 8 });

interface Run extends Setting {
  readonly cases: readonly Case[];
  readonly exceptions: readonly Exception[];
  /** What is compared. */
  readonly of: (outcome: Outcome) => unknown;
}

const runs: readonly Run[] = [
  { partitions: 1, copies: 1, cases: all, exceptions: OF_TOPICS, of: bytes },
  { partitions: 4, copies: 1, cases: withRows, exceptions: OF_ONE_PARTITION, of: rows },
  { partitions: 4, copies: 3, cases: shared, exceptions: OF_COPIES, of: rows },
];

describe.skipIf(topics === undefined).concurrent.each(runs)(
  'golden cases through $partitions partitions and $copies copies',
  (run) => {
    let standIn: StandIn;
    beforeAll(async () => {
      if (topics !== undefined) standIn = await StandIn.begin(topics, run);
    });
    afterAll(() => standIn.end());

    const outcomeOf = (one: Case): Promise<Outcome> => runCase(one, standIn.folderFor(one.name), { database });
    const exceptions = run.exceptions.flatMap(({ cases, ...why }) => cases.map((name) => ({ name, ...why })));

    describe.concurrent('give what pipes give', () => {
      for (const one of without(run.cases, run.exceptions)) {
        it.skipIf(one.needsMysql && mysql === undefined)(one.name, async () => {
          const outcome = await outcomeOf(one);
          expect(run.of(outcome), outcome.err).toEqual(run.of(expectedOf(one)));
          expect(standIn.went.get(one.name) ?? [], 'nothing of it went through topics').not.toEqual([]);
        });
      }
    });

    describe.concurrent('but for those that they can not stand in for', () => {
      it.each(exceptions)('$name: $why', async ({ name, shown }) => {
        const one = run.cases.find((other) => other.name === name);
        if (one === undefined) throw new Error(`there is no case ${name}`);
        if (shown !== undefined) expect(readFileSync(join(one.folder, 'cmd'), 'utf8')).toMatch(shown);
        // In what order rows come from several partitions, or copies end, is up to chance: it may be as in pipes.
        if (shown !== undefined || run.partitions > 1) return;
        const isSame = isDeepStrictEqual(run.of(await outcomeOf(one)), run.of(expectedOf(one)));
        expect(isSame && standIn.went.has(name), 'it is no exception').toBe(false);
      });
    });

    it('which are named once', () => {
      expect(new Set(exceptions.map(({ name }) => name)).size).toBe(exceptions.length);
    });
  },
);

it('what copies share is there', () => {
  expect(shared.map(({ name }) => name)).toEqual(expect.arrayContaining(SHARED_CASES));
});

describe.skipIf(topics === undefined)('the README through one partition', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-parity-readme-'));
  const blocks = blocksOfReadme();
  let standIn: StandIn;
  beforeAll(async () => {
    cpSync(join(FIXTURES, 'weather.csv'), join(folder, 'weather.csv'));
    if (topics !== undefined) standIn = await StandIn.begin(topics, { partitions: 1, copies: 1 });
  });
  afterAll(() => {
    standIn.end();
    rmSync(folder, { recursive: true, force: true });
  });

  // One after the other: a block reads what others have written.
  for (const [index, block] of blocks.entries()) {
    const name = `README/${index}`;
    const commands = commandsOf(block).join('; ');
    const exception = OF_README.find(({ begins }) => commands.startsWith(begins));
    it(exception === undefined ? commands : `but for ${commands}: ${exception.why}`, async () => {
      const printed = await printedBlock(block, folder, standIn.folderFor(name));
      if (exception === undefined) expect(printed).toBe(block);
      else expect(printed).not.toBe(block);
      expect(standIn.went.has(name), 'nothing of it went through topics').toBe(true);
    });
  }

  it.each(OF_README)('has what is excepted: $begins', ({ begins }) => {
    expect(blocks.some((block) => block.startsWith(`$ ${begins}`))).toBe(true);
  });
});
