import { readFileSync } from 'node:fs';
import { groupFields, parseFieldList } from '../expressions/field-list.js';
import { MissingOperator } from '../operators/monitors/missing-operator.js';
import { deriveMonitor } from '../operators/monitors/monitor-schema.js';
import { chooseSchema } from '../pipeline/choose-schema.js';
import { expectedGroups } from '../pipeline/expected-groups.js';
import { groupedOperator } from '../pipeline/parted-operator.js';
import { UsageError } from '../records/errors.js';
import { emitOf, guardOf, noteArrival } from './emit-of.js';
import type { Monitor, MonitorFlags } from './monitor-run.js';

interface MissingFlags extends MonitorFlags {
  readonly silence: number;
  readonly expect?: string;
}

/** `monitor missing` as its flags have it. @throws UsageError */
export function missingMonitor(flags: MissingFlags, warn: (sentence: string) => void): Monitor {
  const { silence, name = 'missing' } = flags;
  if (silence === 0) throw new UsageError('--silence must be longer than 0', 'For example: --silence 60s.');
  const expected = flags.expect === undefined ? undefined : expectedTexts(flags.expect);
  return {
    kind: 'missing',
    name,
    flags,
    plan: async ({ inputs, finite }, { zone, topics }) => {
      const schema = chooseSchema(flags, inputs);
      if (finite) noteArrival(schema, warn);
      const by = flags.by === undefined ? schema.key : parseFieldList(flags.by, schema);
      const output = deriveMonitor(schema, 'missing', groupFields(schema, by));
      const allowedLateness = flags['allowed-lateness'];
      const live = !finite && !topics.untilEnd;
      const groups = expected === undefined ? undefined : expectedGroups(schema, by, expected, zone);
      const closing = { ...emitOf({ ...flags, emit: 'close' }, finite), by };
      const options = { schema, by, zone, allowedLateness, live, monitor: name, output, silence, now: Date.now };
      const operator = groupedOperator(
        inputs,
        schema,
        // No partition knows of a group that came to none of them.
        groups === undefined ? closing : { ...closing, by: [] },
        (input) => new MissingOperator({ ...options, ...input, ...(groups === undefined ? {} : { expected: groups }) }),
      );
      const plan = ['missing', name, by, silence, allowedLateness, expected];
      return { schema, operator, guard: guardOf(schema, flags), plan };
    },
  };
}

/** The keys of `--expect`: `a,b`, or `@FILE` with one a line. Each is the texts of its fields. */
function expectedTexts(list: string): readonly (readonly string[])[] {
  const texts = list.startsWith('@') ? linesOf(list.slice(1)) : list.split(',').map((key) => key.trim());
  const keys = texts.filter((text) => text !== '').map((text) => text.split('\t'));
  if (keys.length > 0) return keys;
  throw new UsageError(`--expect ${list} names no key`, 'For example: --expect node_1,node_2.');
}

function linesOf(path: string): string[] {
  try {
    // A tab is no white space here: fields are between tabs, and the last may be empty.
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.replace(/[^\S\t]+$/, ''));
  } catch (error) {
    throw new UsageError(`--expect @${path}: the file can't be read`, undefined, { cause: error });
  }
}
