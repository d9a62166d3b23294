import type { RecordReaders } from '../../pipeline/record-readers.js';
import { bug } from '../../records/errors.js';
import { describeError } from '../describe-error.js';
import { endsOf } from '../ends-of.js';
import { type FileMonitor, placeOf } from './monitor-file.js';
import type { Problem } from './problem.js';
import { adviceOf, asSetting } from './settings.js';

/** Inputs that bring their records' type along, unless one is named. */
const TYPED = /^(sqlite|mysql|cassandra):|\.avro(\.\w+)?$/;

/**
 * What monitors say of their records' fields, checked against the type of the records: no input is opened. Of an input
 * that brings its type along nothing can be said.
 */
export async function checkPlans(monitors: readonly FileMonitor[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { monitor, place, pairs } of monitors) {
    const { flags } = monitor;
    if (flags.schema === undefined && (flags.from ?? []).some((word) => TYPED.test(word))) continue;
    if (flags.schema === undefined && flags['from-format'] === 'avro') continue;
    try {
      const readersFor = (): RecordReaders => bug('a check reads no records');
      const { schema } = await monitor.plan({ inputs: [], finite: false, readersFor }, endsOf(flags));
      if (flags.where !== undefined) {
        const { compileFilter } = await import('../../expressions/filter.js');
        compileFilter(flags.where, schema, endsOf(flags).zone);
      }
    } catch (error) {
      const { message, next } = describeError(error, false);
      problems.push({ place: placeOf(message, pairs) ?? place, message: asSetting(message), ...adviceOf(next) });
    }
  }
  return problems;
}

/** Files and standard output that several monitors write to, one over the other's rows. */
export function checkOutputs(monitors: readonly FileMonitor[]): Problem[] {
  const writers = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { monitor, pairs, place } of monitors) {
    const report = pairs.find(({ key }) => key === 'report-file')?.value;
    const reported = report?.kind === 'scalar' && report.text !== null ? [report.text] : [];
    for (const word of [...(monitor.flags.to ?? []), ...reported]) {
      if (/^[a-z][a-z0-9+-]+:/.test(word) && !word.startsWith('file:')) continue;
      const other = writers.get(word);
      if (other !== undefined) {
        const to = pairs.find(({ key }) => key === 'to');
        problems.push({
          place: to?.value.place ?? place,
          message: `${monitor.name} and ${other} both write to ${word}`,
          next: 'Give each a file of its own, or let them write to one topic or store.',
        });
      }
      writers.set(word, monitor.name);
    }
  }
  return problems;
}
