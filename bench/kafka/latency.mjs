import { BenchError } from '../bench-error.mjs';
import { table } from '../report.mjs';
import { startProgram } from '../run-program.mjs';
import { Probe } from './probe.mjs';
import { freshetDaily, hasGuarantee } from './programs.mjs';
import { partReport } from './report.mjs';
import { createTopic, deleteTopics, freshName } from './topics.mjs';

const TITLE = 'From a line in to its row out, through Kafka';
const RATE = 1000;
const WARM_UP_SECONDS = 5;
const SECONDS = 20;

const GOALS = {
  'at-least-once': { p50: 10, p99: 100 },
  'exactly-once': { p50: 50, p99: 250 },
};

/** freshet aggregate daily --every 0 between two topics, and how long each line takes to be a row that is committed. */
export const latency = {
  id: 'kafka-latency',
  peers: [],
  run: async (stage) => {
    const { say, short } = stage.options;
    const [rows, goals] = [[], []];
    const measure = async (name, limits, command) => {
      say(`kafka-latency: ${name}`);
      const { p50, p99, most, cpu } = await latencyOf(await stage.broker(), { command, short });
      rows.push([name, ...[p50, p99, most].map((ms) => ms.toFixed(1)), cpu?.toFixed(1) ?? '']);
      if (limits === undefined) return;
      for (const [figure, value] of Object.entries({ p50, p99 })) {
        const show = (ms) => `${ms.toFixed(1)} ms`;
        goals.push([{ name: `${figure} of ${name}`, limit: limits[figure], show }, value]);
      }
    };
    for (const guarantee of hasGuarantee() ? Object.keys(GOALS) : ['exactly-once']) {
      const name = `freshet, ${guarantee.replaceAll('-', ' ')}`;
      await measure(name, GOALS[guarantee], (job) => freshetDaily({ ...job, everyMs: 0 }, guarantee));
    }
    if (short) return `${TITLE}: a row for each line`;
    await measure('the probe alone: a line in to the line out', undefined, undefined);
    return partReport(stage, {
      title: TITLE,
      amount: `${RATE} lines a second for ${SECONDS} s, \`--every 0\``,
      lines: [...table(['milliseconds', 'p50', 'p99', 'longest', 'CPU s'], rows), ''],
      goals,
    });
  },
};

async function latencyOf(broker, { command, short }) {
  const name = freshName('latency');
  const job = { brokers: broker.address, topic: `${name}-in`, out: `${name}-out`, group: name };
  await createTopic(broker, job.topic);
  await createTopic(broker, job.out);
  const program = command === undefined ? undefined : startProgram(command(job));
  const probe = new Probe({ client: broker.client, topic: job.topic });
  try {
    await probe.start(program === undefined ? job.topic : job.out);
    const measured = (async () => {
      await probe.send(RATE, short ? 1 : WARM_UP_SECONDS);
      const without = probe.sent;
      await probe.settle();
      if (!short) await probe.send(RATE, SECONDS);
      const count = await probe.settle();
      if (count !== probe.sent) throw new BenchError(`Of ${probe.sent} lines only ${count} have become rows.`);
      return probe.latencies(short ? 0 : without);
    })();
    const times = await (program === undefined ? measured : Promise.race([measured, program.ended]));
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    const usage = await program?.stop();
    return { p50: at(0.5), p99: at(0.99), most: at(1), cpu: usage?.cpu };
  } finally {
    program?.kill();
    await probe.stop();
    await deleteTopics(broker, [job.topic, job.out, `${name}-changelog`]);
  }
}
