import { CPU, PEAK, ratio, told } from '../goals.mjs';
import { presentOf } from '../present.mjs';
import {
  atLeastOnce,
  exactlyOnce,
  goConsumer,
  hasGuarantee,
  kcat,
  streams,
  streamsExactly,
  streamsExactlyUntold,
  streamsUntold,
} from './programs.mjs';
import { rollupReport } from './report.mjs';
import { runPrograms } from './trial.mjs';

const PEERS = [streams, streamsExactly, streamsUntold, streamsExactlyUntold, goConsumer, kcat];
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
    peers: PEERS,
    run: async (stage) => {
      // Where answers alone count, the same program need not run twice.
      const peers = stage.options.short ? PEERS.filter(({ once }) => once !== true) : PEERS;
      const programs = [...freshets(), ...presentOf(peers, stage.options)];
      const plan = { label: id, topic: await stage.topic('none'), everyMs: seconds * 1000, programs };
      const goals = [
        ...againstStreams(mostAlike(), streams, streamsUntold, slack),
        ...againstStreams(exactlyOnce, streamsExactly, streamsExactlyUntold, slack),
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
      goals.push(ratio(CPU, on(streams), CPU_SHARE, on(mostAlike())), told(PEAK, on(streams), on(mostAlike())));
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

/** @param untold the same peer with the memory that Java takes unless told: `peer` is held to the least that it needs */
function againstStreams(mine, peer, untold, slack) {
  return [
    ratio(CPU, peer, CPU_SHARE * slack, mine),
    ratio(PEAK, untold, PEAK_SHARE * slack, mine),
    told(PEAK, peer, mine),
  ];
}
