import { CPU, PEAK, ratio } from '../goals.mjs';
import { presentOf } from '../present.mjs';
import { atLeastOnce, exactlyOnce, goConsumer, hasGuarantee, kcat, streams, streamsExactly } from './programs.mjs';
import { rollupReport } from './report.mjs';
import { runPrograms } from './trial.mjs';

const COMPRESSIONS = ['zstd', 'snappy', 'gzip', 'lz4'];
/** Of what Kafka Streams takes, at most. */
const CPU_SHARE = 1 / 20;
const PEAK_SHARE = 1 / 5;

/**
 * The newest per channel and day from topic to topic, with rows, changelog and positions written at an interval.
 * @param {number} slack how far from the goals it may stay
 */
export function rollupEvery(seconds, slack) {
  const id = `kafka-${seconds}s`;
  return {
    id,
    peers: [streams, streamsExactly, goConsumer, kcat],
    run: async (stage) => {
      const programs = [...freshets(), ...presentOf([streams, streamsExactly, goConsumer, kcat], stage.options)];
      const plan = { label: id, topic: await stage.topic('none'), everyMs: seconds * 1000, programs };
      const goals = [
        ...againstStreams(mostAlike(), streams, slack),
        ...againstStreams(exactlyOnce, streamsExactly, slack),
        ratio(CPU, goConsumer, slack, mostAlike()),
      ];
      return rollupReport({
        title: `Newest per channel and day from Kafka to Kafka, written every ${seconds} s`,
        ...{ stage, programs, goals, runs: await runPrograms(stage, plan) },
      });
    },
  };
}

/** The same from compressed topics; Kafka Streams runs once on each, as it takes so long. */
export const compressedTopics = {
  id: 'kafka-codecs',
  peers: [streams],
  run: async (stage) => {
    const [runs, programs, goals] = [new Map(), [], []];
    for (const compression of COMPRESSIONS) {
      const on = (program) => ({
        ...{ ...program, id: `${compression}-${program.id}`, name: `${compression}: ${program.name}` },
      });
      const peers = presentOf([streams], stage.options).map((program) => ({ ...on(program), once: true }));
      const all = [...freshets().map(on), ...peers];
      const plan = { label: 'kafka-codecs', topic: await stage.topic(compression), everyMs: 10_000, programs: all };
      for (const [id, of] of await runPrograms(stage, plan)) runs.set(id, of);
      programs.push(...all);
      goals.push(...againstStreams(on(mostAlike()), on(streams), 1));
    }
    return rollupReport({ title: 'The same from compressed topics', stage, programs, goals, runs });
  },
};

function freshets() {
  return hasGuarantee() ? [atLeastOnce, exactlyOnce] : [exactlyOnce];
}

/** The freshet to compare with what is at least once: it may give more. */
function mostAlike() {
  return hasGuarantee() ? atLeastOnce : exactlyOnce;
}

function againstStreams(mine, peer, slack) {
  return [ratio(CPU, peer, CPU_SHARE * slack, mine), ratio(PEAK, peer, PEAK_SHARE * slack, mine)];
}
