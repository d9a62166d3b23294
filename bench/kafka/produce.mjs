// npm run bench kafka-produce: what it costs to write records to Kafka, beside kafkajs' producer. Both read the same
// file and write it to topics of their own, keyed by channel, idempotent, not compressed; the broker is named by
// KAFKA_BROKERS.
import { randomBytes } from 'node:crypto';
import kafkajs from 'kafkajs';
import { BenchError } from './bench-error.mjs';
import { DATA, DATA_SETS, fileOf } from './data-sets.mjs';
import { measureProgram } from './run-program.mjs';
import { mediansOf } from './trial.mjs';

const GOAL = 1 / 3;
const PARTITIONS = 4;

/** @param {{ records: number, rounds: number, say: (sentence: string) => void }} options */
export async function benchProduce({ records, rounds, say }) {
  const brokers = process.env.KAFKA_BROKERS;
  if (brokers === undefined) throw new BenchError('Name a broker to write to: KAFKA_BROKERS=HOST:PORT.');
  const path = fileOf(
    DATA_SETS.find(({ id }) => id === 'ndjson'),
    records,
    say,
  );
  const programs = [
    {
      id: 'freshet',
      command: (topic) => [
        ...['node', 'bin/freshet.js', 'store', 'raw', '--schema', 'yt', '--from', path],
        ...['--brokers', brokers, '--to', `kafka:${topic}?compression=none`],
      ],
    },
    { id: 'kafkajs', command: (topic) => ['node', 'bench/peers/kafkajs-produce.mjs', brokers, topic, path] },
  ];
  const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const runs = new Map(programs.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'kafka-produce: warming up' : `kafka-produce: round ${round} of ${rounds}`);
    for (const { id, command } of programs) {
      const topic = `bench-${id}-${randomBytes(4).toString('hex')}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
      const usage = measureProgram(command(topic), { output: `${DATA}kafka-produce.out` });
      const offsets = await admin.fetchTopicOffsets(topic);
      await admin.deleteTopics({ topics: [topic] });
      const written = offsets.reduce((sum, { high }) => sum + Number(high), 0);
      if (written !== records) throw new BenchError(`${id} has written ${written} records of ${records}.`);
      if (round > 0) runs.get(id).push(usage);
    }
  }
  await admin.disconnect();
  return report(mediansOf(runs), records, rounds);
}

function report(medians, records, rounds) {
  const lines = [...medians].map(([id, { wall, cpu, peak }]) => {
    const each = ((cpu / records) * 1e6).toFixed(2);
    return `| ${id} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${each} | ${Math.round(peak / 1024 / 1024)} MB |`;
  });
  const ratio = medians.get('freshet').cpu / medians.get('kafkajs').cpu;
  return [
    `### ${records} records of 85 bytes from a file into ${PARTITIONS} partitions`,
    '',
    `| median of ${rounds} | wall s | CPU s | µs of CPU a record | peak |`,
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `CPU against kafkajs: ${ratio.toFixed(2)} (goal: ${GOAL.toFixed(2)} or less${ratio <= GOAL ? '' : ', missed'})`,
    '',
  ].join('\n');
}
