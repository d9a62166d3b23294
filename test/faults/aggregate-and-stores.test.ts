import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshet, inFolder, ROOT } from '../cli/run-freshet.js';
import { producing, tailed } from '../endpoints/kafka/topics.js';
import { kafka, startKafka } from '../services/kafka/kafka.js';
import { mariadb, startMariadb } from '../services/mariadb.js';
import { registry } from '../services/registry/registry.js';
import { register } from '../services/registry/subjects.js';
import { canStart, service } from '../services/service.js';
import { query } from '../stores/mysql/query.js';
import { roundsHere } from './fault-rounds.js';
import { harvests } from './harvests.js';
import { expectNewestOf, type Harvest, newestOf } from './newest-rows.js';
import { expectLetters, FORMATS, isPoison, recordOf, withPoison, writings } from './poison.js';
import { type Services, Story, someFaults } from './story.js';

const CHUNKS = 50;
const CHUNK = 300;
const ROUNDS = roundsHere(1 / 5);

const schemas = await service(registry);
const YT: object = JSON.parse(readFileSync(join(ROOT, 'schemas/yt.avsc'), 'utf8'));
/** Each format has a round in turn. */
const rounds = Array.from({ length: ROUNDS }, (_, at) => [at + 1, FORMATS[at % FORMATS.length] ?? 'JSON'] as const);

describe.skipIf(!canStart(kafka) || !canStart(mariadb) || schemas === undefined)(
  'an aggregate and two stores behind it',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-story-'));
    let services: Services;
    beforeAll(async () => {
      const [cluster, server] = await Promise.all([
        startKafka(join(folder, 'kafka'), { brokers: 3 }),
        startMariadb(join(folder, 'mariadb')),
      ]);
      services = { cluster, server, registry: schemas ?? '' };
    });
    afterAll(async () => {
      await Promise.all([services.cluster.stop(), services.server.stop()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    it.each(rounds)(
      'are exact whatever is killed of them, of the brokers and of the database: round %i, of %s',
      async (round, format) => {
        await inFolder(async (own) => {
          const { address } = services.cluster;
          const story = await Story.begin(services, own);
          try {
            const { input, daily, dead } = story.topics;
            const planned = fc.sample(someFaults(CHUNKS), { seed: 11 * round, numRuns: 1 })[0] ?? [];
            const id = await register(services.registry, `${input}-value`, YT);
            const all = harvests(round, CHUNKS * CHUNK);
            const sent = withPoison(all, round, writings(YT, id)[format]);
            const step = Math.ceil(sent.messages.length / CHUNKS);
            await producing(address, async (producer) => {
              for (let chunk = 0; chunk < CHUNKS; chunk++) {
                const messages = sent.messages.slice(chunk * step, (chunk + 1) * step);
                await producer.send({ topic: input, messages, acks: -1 });
                await sleep(80);
                for (const fault of planned.filter(({ at }) => at === chunk)) await story.strike(fault);
              }
            });
            // A writer may have written some twice: what is there counts.
            const written = await tailed(address, [input]);
            await story.finish(written.length);
            // Faults count only where they came in the middle of the work.
            const inTheMiddle = story.told.filter((what) => !what.endsWith(' 0 committed'));
            expect(inTheMiddle.length, story.told.join('\n')).toBeGreaterThan(2);

            const records = written.flatMap((record) => recordOf(all, record));
            await expectNewestOf(records, address, daily);
            expectLetters(await tailed(address, [dead]), written.filter(isPoison), sent);
            const newest = cellsOf([...newestOf(records).values()]);
            expect(await inMariadb(story.database)).toEqual(newest);
            expect(await inSqlite(story.table)).toEqual(newest);
          } finally {
            await story.end();
          }
        });
      },
    );
  },
);

const cellsOf = (rows: readonly Omit<Harvest, 'region'>[]): unknown[][] =>
  rows.map(({ yt_channel_id, harvest_ts, subs }) => [yt_channel_id, harvest_ts.slice(0, 10), harvest_ts, subs]).sort();

async function inMariadb(uri: string): Promise<unknown[][]> {
  const time = "DATE_FORMAT(harvest_ts, '%Y-%m-%dT%H:%i:%s')";
  return (await query(uri, `SELECT channel, date, ${time}, subs FROM yt_daily`)).sort();
}

async function inSqlite(table: string): Promise<unknown[][]> {
  const { out } = await freshet(['report', '--once', '--format', 'json', '--limit', '0', '--from', table]);
  const rows: Record<string, unknown>[] = JSON.parse(out);
  return rows.map(({ channel, date, harvest_ts, subs }) => [channel, date, harvest_ts, subs]).sort();
}
