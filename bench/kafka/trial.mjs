import { mkdirSync, writeFileSync } from 'node:fs';
import { demandEqual, readAnswer } from '../answers.mjs';
import { DATA } from '../data-sets.mjs';
import { nodeLines } from '../programs.mjs';
import { measureProgram, runProgram } from '../run-program.mjs';
import { readCommitted } from './read-topic.mjs';
import { createTopic, deleteTopics, freshName } from './topics.mjs';
import { transactionsOf } from './transactions.mjs';

const ANSWERS = `${DATA}answers-kafka/`;

/** The newest of a file per channel and day, computed by a program that is neither freshet nor of Kafka. */
export async function modelOf(path) {
  mkdirSync(ANSWERS, { recursive: true });
  const output = `${ANSWERS}model.ndjson`;
  runProgram(nodeLines.command('ndjson', path), { output });
  return { ...(await readAnswer(output)), name: 'the model' };
}

/**
 * Runs programs over one topic in alternation. After each run its rows are read back as they were committed, and the
 * last one of each key is compared with the model: no figure of a run with another answer is seen.
 *
 * @param {Stage} stage
 * @param {{ label: string, topic: string, everyMs: number, programs: TopicProgram[] }} plan a program that is `once`
 *   runs in the first round alone
 * @returns {Promise<Map<string, Run[]>>} by the programs' ids; a run is { wall, cpu, peak } unless only answers count,
 *   and, where it writes, how many { rows, changes, transactions } it has written
 */
export async function runPrograms(stage, plan) {
  const { rounds, short, say } = stage.options;
  const runs = new Map();
  for (let round = 1; round <= (short ? 1 : rounds); round++) {
    for (const program of plan.programs) {
      if (program.once && round > 1) continue;
      say(`${plan.label}: round ${round}, ${program.name}`);
      runs.set(program.id, [...(runs.get(program.id) ?? []), await runOnce(program, stage, plan)]);
    }
  }
  return runs;
}

async function runOnce(program, stage, { topic, everyMs }) {
  const { records, short } = stage.options;
  const [broker, model] = [await stage.broker(), await stage.model()];
  const name = freshName(program.id);
  const job = { brokers: broker.address, topic, out: `${name}-out`, group: name, everyMs, records };
  const run = () => {
    const command = program.command(job);
    if (!short) return measureProgram(command, { output: '/dev/null' });
    runProgram(command, { output: '/dev/null' });
    return {};
  };
  if (program.givesNoAnswer) return run();
  const changelog = program.changelog(job);
  await createTopic(broker, job.out);
  if (!program.makesChangelog) await createTopic(broker, changelog, { compacted: true });
  const usage = run();
  const transactions = await transactionsOf(broker, name);
  const rows = await demandAnswer(broker, { out: job.out, name: program.name, id: program.id, model });
  let changes = 0;
  await readCommitted(broker, changelog, () => changes++);
  await deleteTopics(broker, [job.out, changelog]);
  return { ...usage, rows, changes, transactions };
}

/**
 * Compares the last row of each key with the model.
 * @returns {Promise<number>} how many rows the topic has
 * @throws BenchError where they differ
 */
export async function demandAnswer(broker, { out, name, id, model }) {
  const newest = new Map();
  let rows = 0;
  await readCommitted(broker, out, ({ key, value }) => {
    rows++;
    newest.set(key.toString(), value.toString());
  });
  const path = `${ANSWERS}${id}.ndjson`;
  writeFileSync(path, [...newest.values(), ''].join('\n'));
  await demandEqual(model, await readAnswer(path), [model.name, name]);
  return rows;
}
