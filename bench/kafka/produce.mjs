// What it costs to write records to Kafka, beside kafkajs' producer. Both read the same file and write it to topics of
// their own, keyed by channel, idempotent, not compressed.
import { BenchError } from '../bench-error.mjs';
import { CPU, PEAK, ratio } from '../goals.mjs';
import { table } from '../report.mjs';
import { measureProgram, runProgram } from '../run-program.mjs';
import { mediansOf } from '../trial.mjs';
import { partReport } from './report.mjs';
import { createTopic, deleteTopics, endsOf, freshName, PARTITIONS } from './topics.mjs';

const TITLE = `Records of 85 bytes from a file into ${PARTITIONS} partitions`;

const freshet = {
  id: 'freshet',
  name: 'freshet store raw',
  command: (brokers, topic, path) => [
    ...['node', 'bin/freshet.js', 'store', 'raw', '--schema', 'yt', '--from', path],
    ...['--brokers', brokers, '--to', `kafka:${topic}?compression=none`],
  ],
};
const kafkajs = {
  id: 'kafkajs',
  name: 'kafkajs, idempotent',
  command: (brokers, topic, path) => ['node', 'bench/peers/kafkajs-produce.mjs', brokers, topic, path],
};
const PROGRAMS = [freshet, kafkajs];

export const produce = {
  id: 'kafka-produce',
  peers: [],
  run: async (stage) => {
    const { records, rounds, short, say } = stage.options;
    const [{ path }, broker] = [stage, await stage.broker()];
    const runs = new Map(PROGRAMS.map(({ id }) => [id, []]));
    for (let round = 1; round <= (short ? 1 : rounds); round++) {
      say(`kafka-produce: round ${round}`);
      for (const { id, command } of PROGRAMS) {
        const topic = freshName(id);
        await createTopic(broker, topic);
        const words = command(broker.address, topic, path);
        if (short) runProgram(words, { output: '/dev/null' });
        else runs.get(id).push(measureProgram(words, { output: '/dev/null' }));
        const ends = await endsOf(broker, topic);
        await deleteTopics(broker, [topic]);
        const written = [...ends.values()].reduce((sum, end) => sum + end, 0);
        if (written !== records) throw new BenchError(`${id} has written ${written} records of ${records}.`);
      }
    }
    return short
      ? `${TITLE}: all from ${PROGRAMS.map(({ name }) => name).join('; ')}`
      : reportOf(stage, mediansOf(runs));
  },
};

function reportOf(stage, medians) {
  const { records, rounds } = stage.options;
  const rows = PROGRAMS.map(({ id, name }) => {
    const { wall, cpu, peak } = medians.get(id);
    return [name, wall.toFixed(2), cpu.toFixed(2), ((cpu / records) * 1e6).toFixed(2), PEAK.show(peak)];
  });
  const goal = ratio(CPU, kafkajs, 1 / 3);
  return partReport(stage, {
    title: TITLE,
    lines: [...table([`median of ${rounds}`, 'wall s', 'CPU s', 'µs of CPU a record', 'peak'], rows), ''],
    goals: [[goal, goal.value({ medians })]],
  });
}
