import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { type Ended, freshet, inFolder, rowsOf } from './run-freshet.js';

const brokers = await service(kafka);
const withKafka = it.runIf(brokers !== undefined);
const env = { ...process.env, KAFKA_BROKERS: brokers ?? '' };
const run = (args: readonly string[]): Promise<Ended> => freshet(args, '', { env });

const begin = Date.UTC(2026, 0, 1);
const lines = Array.from({ length: 300 }, (_, at) => {
  const timestamp = new Date(begin + at * 4000 + (at > 150 && at < 190 ? 100_000 : 0)).toISOString();
  return JSON.stringify({ node_name: `n${at % 3}`, temperature: 20 + ((at * 31) % 17), timestamp });
});

const monitors = [
  ['ratio', '--bad', 'temperature > 30', '--size', '1m', '--by', 'node_name', '--breaches', '2'],
  ['ratio', '--bad', 'temperature > 30', '--size', '1m', '--slide', '20s', '--name', 'all'],
  ['missing', '--silence', '30s'],
  ['missing', '--silence', '30s', '--expect', 'n1,n9', '--name', 'expected'],
  ['anomaly', '--field', 'temperature', '--high', '35', '--z-score', '2', '--warm-up', '3', '--history', '9'],
];

withKafka('a monitor that is started again goes on where it was', async () => {
  await inFolder(async (folder) => {
    const part = join(folder, 'part.ndjson');
    const made = ['--create-topics', '--partitions', '1'];
    for (const [kind = '', ...flags] of monitors) {
      const [input, alerts, straight] = [freshName('readings'), freshName('alerts'), freshName('straight')];
      const monitor = [
        'monitor',
        kind,
        '--schema',
        'sensor',
        ...flags,
        '--from',
        `kafka:${input}`,
        '--until-end',
        ...made,
      ];
      const statuses: (number | null)[] = [];
      for (let from = 0; from < lines.length; from += 60) {
        writeFileSync(part, `${lines.slice(from, from + 60).join('\n')}\n`);
        const stored = ['store', 'raw', '--schema', 'sensor', '--from', part, '--to', `kafka:${input}`, ...made];
        expect((await run(stored)).status).toBe(0);
        const { status, err } = await run([...monitor, '--to', `kafka:${alerts}`]);
        expect([0, 5], err).toContain(status);
        statuses.push(status);
      }
      expect(statuses).toContain(5);
      expect((await run([...monitor, '--to', `kafka:${straight}`])).status).toBe(5);
      const [parts, whole] = await Promise.all([alerts, straight].map((topic) => run(['tail', topic, '--until-end'])));
      const values = ({ out }: Ended): string[] => out.split('\n').map((line) => line.slice(line.indexOf('{')));
      expect(parts && rowsOf(values(parts).join('\n')).length).toBeGreaterThan(3);
      expect(parts && values(parts)).toEqual(whole && values(whole));
    }
  });
});
