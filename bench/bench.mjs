// The benchmark: makes its data, runs freshet and its peers as whole processes in alternation, demands equal answers,
// and prints medians and ratios next to the goals. README.md says how it measures; --help has the flags.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.mjs';
import { DATA_SETS, fileOf } from './data-sets.mjs';
import { Stage } from './kafka/stage.mjs';
import { readOptions } from './options.mjs';
import { presentOf } from './present.mjs';
import { freshet } from './programs.mjs';
import { python, pythonVersion } from './python.mjs';
import { heading, reportOf } from './report.mjs';
import { writePart } from './results-file.mjs';
import { mediansOf, runTrial } from './trial.mjs';

const RESULTS = fileURLToPath(new URL('results.md', import.meta.url));
const KAFKA_RESULTS = fileURLToPath(new URL('results-kafka.md', import.meta.url));
const BUILT = new URL('../dist/freshet.cjs', import.meta.url);

async function main(options) {
  if (!existsSync(BUILT)) throw new BenchError('freshet is not built: npm ci builds it, or npm run build.');
  if (!options.short && pythonVersion() === undefined) {
    throw new BenchError(`${python()} can't be run, and it measures the others: name a Python 3 in FRESHET_PYTHON.`);
  }
  if (options.sets.length > 0) await runSets(options);
  if (options.parts.length > 0) await runParts(options);
}

async function runSets(options) {
  const programs = presentPrograms(options);
  const parts = [heading({ programs, records: options.records })];
  if (!options.short) process.stdout.write(`${parts[0]}\n`);
  for (const set of options.sets) {
    const path = fileOf(set, options.records, say);
    for (const source of options.sources.filter((one) => set.goals[one] !== undefined)) {
      const peers = set.peers.filter((peer) => programs.includes(peer) && (peer.sources ?? [source]).includes(source));
      const entries = [{ program: freshet, path }, ...peers.map((program) => ({ program, path }))];
      const part = await partOf({ set, source, entries: [...entries, ...baseEntry(set, options)], options });
      process.stdout.write(`${part}\n`);
      parts.push(part);
    }
  }
  if (options.write && !options.short) {
    writeFileSync(RESULTS, `# Results of the last benchmark\n\n${parts.join('\n')}`);
    say(`Written to ${RESULTS}`);
  }
}

/** What is measured over servers: each part is told, and written, as soon as it is whole. */
async function runParts({ parts, partRounds, records, ...options }) {
  const stage = new Stage({ ...options, records, rounds: partRounds, say });
  try {
    for (const { run } of parts) {
      const part = await run(stage);
      process.stdout.write(`${part}\n`);
      if (options.write && !options.short) writePart(KAFKA_RESULTS, part);
    }
  } finally {
    await stage.close();
  }
}

async function partOf({ set, source, entries, options }) {
  const { rounds, short } = options;
  const { answer, runs } = await runTrial({ set, source, entries, rounds, short, say });
  const equal = entries
    .filter(({ program, alone }) => !program.givesNoAnswer && !alone)
    .map(({ program }) => program.name);
  if (short) return `${set.title}, from a ${source}: ${answer.rows} rows, the same from ${equal.join('; ')}`;
  const medians = mediansOf(runs);
  const context = { medians, answer, base: medians.get(BASE) };
  return reportOf({ set, source, entries, medians, rounds, goals: set.goals[source], context });
}

const BASE = 'freshet-base';

/** Where memory is told by the state: freshet on the set with few states, in the same rounds. */
function baseEntry({ memoryBase }, { records, short }) {
  if (memoryBase === undefined || short) return [];
  const base = DATA_SETS.find(({ id }) => id === memoryBase);
  const program = { ...freshet, id: BASE, name: `freshet on ${base.title}` };
  return [{ program, path: fileOf(base, records, say), alone: true }];
}

/** freshet and the peers of the chosen sets that are on this machine; the others are named. */
function presentPrograms({ sets, ...options }) {
  return [freshet, ...presentOf([...new Set(sets.flatMap((set) => set.peers))], { ...options, say })];
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help !== undefined) process.stdout.write(options.help);
  else await main(options);
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
