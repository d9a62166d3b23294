import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.mjs';
import { DATA_SETS } from './data-sets.mjs';
import { PARTS } from './parts.mjs';

const USAGE = `npm run bench -- [SET…] [flags]

Sets: ${DATA_SETS.map(({ id }) => id).join(', ')} (all unless named)
Over servers, which are started: kafka, which is ${PARTS.map(({ id }) => id).join(', ')}

  --records N        records of each set [5000000]
  --rounds N         measured rounds [5, after one that warms up; over servers 3]
  --source file|pipe only from a file, or only from a pipe
  --peers ID,…       only these of ${peersOf(DATA_SETS)};
                     over Kafka of ${peersOf(PARTS)}
  --short            200000 records, answers compared, nothing measured
  --write            also write bench/results.md; what was measured over servers goes to bench/results-kafka.md
`;

const KAFKA = 'kafka';

function peersOf(sets) {
  return [...new Set(sets.flatMap(({ peers }) => peers.map(({ id }) => id)))].join(', ');
}

const flags = {
  records: { type: 'string' },
  rounds: { type: 'string' },
  source: { type: 'string' },
  peers: { type: 'string' },
  short: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** @throws BenchError with the usage where the words make no sense */
export function readOptions(words) {
  const { values, positionals } = parsed(words);
  if (values.help) return { help: USAGE };
  for (const id of positionals) {
    if (id !== KAFKA && ![...DATA_SETS, ...PARTS].some((set) => set.id === id))
      throw new BenchError(`There is no set ${id}.\n\n${USAGE}`);
  }
  if (values.source !== undefined && !['file', 'pipe'].includes(values.source)) {
    throw new BenchError(`--source ${values.source}: it is file or pipe.`);
  }
  const sets = DATA_SETS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  const isPart = sets.length < DATA_SETS.length || values.source !== undefined || values.peers !== undefined;
  if (values.write && sets.length > 0 && isPart) {
    throw new BenchError('--write: results.md is of one run. Measure all sets, from files and pipes, with all peers.');
  }
  return {
    sets,
    parts: PARTS.filter(({ id }) => positionals.includes(KAFKA) || positionals.includes(id)),
    records: count('records', values.records ?? (values.short ? '200000' : '5000000')),
    rounds: count('rounds', values.rounds ?? '5'),
    partRounds: count('rounds', values.rounds ?? '3'),
    sources: values.source === undefined ? ['file', 'pipe'] : [values.source],
    peers: values.peers?.split(','),
    short: values.short,
    write: values.write,
  };
}

function parsed(words) {
  try {
    return parseArgs({ args: words, options: flags, allowPositionals: true });
  } catch (error) {
    throw new BenchError(`${error.message}\n\n${USAGE}`);
  }
}

function count(name, text) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new BenchError(`--${name} ${text}: a whole number above 0 is needed.`);
}
