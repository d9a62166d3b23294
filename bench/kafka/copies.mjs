import { setTimeout as sleep } from 'node:timers/promises';
import { PEAK } from '../goals.mjs';
import { heldCores } from '../held-cores.mjs';
import { table } from '../report.mjs';
import { startProgram } from '../run-program.mjs';
import { freshetDaily } from './programs.mjs';
import { amountOf, partReport } from './report.mjs';
import { createTopic, deleteTopics, freshName, loadTopic, withAdmin } from './topics.mjs';
import { demandAnswer } from './trial.mjs';

const TITLE = 'Two copies on two partitions each';
/** So often the file is in the topic: a copy goes on for some seconds. */
const TIMES = 4;
const EVERY_MS = 500;
const GAIN = 1.7;
/** Of a core: two copies then leave the broker one of two. */
const SHARE = 0.5;

const throughputGain = {
  name: 'throughput of two copies against one, where the broker has a core',
  limit: GAIN,
  least: true,
  show: (value) => value.toFixed(2),
};

/**
 * One copy of a group on four partitions, then two on two each. Throughput is counted between commits, from when the
 * partitions are shared to when the first of them is read to its end: neither starting nor ending is in it. The goal is
 * for a machine where the broker leaves the second copy a core; on one of two cores it does where each copy is held to
 * half a core.
 */
export const copies = {
  id: 'kafka-copies',
  peers: [],
  run: async (stage) => {
    const { path } = stage;
    const { records, short, say } = stage.options;
    const [broker, model, topic] = [await stage.broker(), await stage.model(), freshName('copies')];
    const times = short ? 1 : TIMES;
    say(`kafka-copies: loading ${records * times} records`);
    await loadTopic(broker, topic, { path, records, times });
    const compare = async (hold) => {
      const figures = [];
      for (const count of [1, 2]) {
        say(`kafka-copies: ${count}${hold === undefined ? '' : `, each held to ${SHARE} of a core`}`);
        figures.push(await runCopies(broker, { topic, count, model, hold }));
      }
      return figures;
    };
    const free = await compare();
    const held = short ? undefined : await withCores(compare);
    await deleteTopics(broker, [topic]);
    if (short) return `${TITLE}: the same rows from one copy and from two`;
    return partReport(stage, {
      title: TITLE,
      amount: `${amountOf(TIMES * records)}, rows and positions written every ${EVERY_MS} ms`,
      lines: [
        ...table(
          ['copies', 'records/s', 'against one', 'CPU s of each', 'peak of each'],
          [...rowsOf(free, ''), ...rowsOf(held ?? [], `, each held to ${SHARE} of a core`)],
        ),
        '',
        ...(held === undefined ? ['- programs could not be held to a share of a core here'] : []),
      ],
      goals: [[throughputGain, held && gainOf(held)]],
    });
  },
};

/** Compares copies that are held to a share of a core each. @returns what it gives; undefined where none can be held */
async function withCores(compare) {
  const cores = await heldCores(freshName('copies'), 2, SHARE);
  if (cores === undefined) return undefined;
  try {
    return await compare(cores.command);
  } finally {
    await cores.remove();
  }
}

function gainOf([one, two]) {
  return two.rate / one.rate;
}

function rowsOf(figures, how) {
  return figures.map(({ rate, usages }, at) => [
    `${at + 1}${how}`,
    ...[Math.round(rate).toLocaleString('en-US'), throughputGain.show(rate / figures[0].rate)],
    ...[({ cpu }) => cpu.toFixed(2), ({ peak }) => PEAK.show(peak)].map((show) => usages.map(show).join(', ')),
  ]);
}

async function runCopies(broker, { topic, count, model, hold = (command) => command }) {
  const name = freshName('copies');
  const job = { brokers: broker.address, topic, out: `${name}-out`, group: name, everyMs: EVERY_MS };
  await createTopic(broker, job.out);
  const command = freshetDaily(job, 'exactly-once');
  const programs = Array.from({ length: count }, (_, at) => startProgram(hold(command, at)));
  try {
    const ended = Promise.race(programs.map((program) => program.ended));
    const rate = await Promise.race([rateOf(broker, { topic, group: name, count }), ended]);
    const usages = await Promise.all(programs.map((program) => program.stop()));
    await demandAnswer(broker, { out: job.out, name: `${count} copies`, id: name, model });
    return { rate, usages };
  } finally {
    for (const program of programs) program.kill();
    await deleteTopics(broker, [job.out, `${name}-changelog`]);
  }
}

/** Watches a group until it has read a topic to its end. @returns {Promise<number>} records a second */
function rateOf(broker, { topic, group, count }) {
  return withAdmin(broker, async (admin) => {
    const ends = new Map(
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
    );
    /** By partition: when a commit was seen, and of what, while all of them were being read. */
    const commits = new Map([...ends.keys()].map((partition) => [partition, []]));
    let shared = false;
    let allRead = true;
    for (;;) {
      const positions = await positionsOf(admin, group, topic);
      const now = performance.now() / 1000;
      const left = [...ends].filter(([partition, end]) => (positions.get(partition) ?? 0) < end);
      if (left.length === 0) return rateBetween(commits);
      allRead &&= left.length === ends.size;
      if (shared && allRead) note(commits, positions, now);
      shared ||= await isShared(admin, group, count);
      await sleep(20);
    }
  });
}

async function positionsOf(admin, groupId, topic) {
  const [{ partitions } = { partitions: [] }] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
}

async function isShared(admin, group, count) {
  const { groups } = await admin.describeGroups([group]);
  return groups[0].state === 'Stable' && groups[0].members.length === count;
}

function note(commits, positions, now) {
  for (const [partition, seen] of commits) {
    const position = positions.get(partition) ?? 0;
    if (seen.at(-1)?.position !== position) seen.push({ position, now });
  }
}

/** The first point is of no commit that was seen: the slope begins at the second. */
function rateBetween(commits) {
  let rate = 0;
  for (const seen of commits.values()) {
    const [first, last] = [seen[1], seen.at(-1)];
    if (first !== undefined && last !== first) rate += (last.position - first.position) / (last.now - first.now);
  }
  return rate;
}
