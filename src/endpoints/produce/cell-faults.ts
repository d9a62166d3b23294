import type { Row } from '../../records/value.js';
import { type Fault, type FaultyFields, impossibleDate } from './fault.js';
import { pick } from './json-faults.js';

/** What may be wrong with a line of cells. None has a quote that is not closed: it would swallow the lines behind it. */
export function cellFaults(fields: FaultyFields, separator: string): Fault[] {
  const line = (record: Row, texts: Readonly<Record<string, string>>): string =>
    fields.names.map((name) => texts[name] ?? String(record[name] ?? '')).join(separator);
  const inField = (reason: string, names: readonly string[], text: string | ((value: unknown) => string)): Fault[] => {
    const [first] = names;
    if (first === undefined) return [];
    return [
      {
        reason,
        make: (record, random) => {
          const name = pick(names, random) ?? first;
          return Buffer.from(line(record, { [name]: typeof text === 'string' ? text : text(record[name]) }));
        },
      },
    ];
  };
  return [
    { reason: 'too few cells', make: (record) => Buffer.from(String(record[fields.names[0] ?? ''])) },
    { reason: 'too many cells', make: (record) => Buffer.from(`${line(record, {})}${separator}1`) },
    {
      reason: 'invalid UTF-8',
      make: (record) => Buffer.concat([Uint8Array.of(0xff), Buffer.from(line(record, {}))]),
    },
    ...inField('text for a number', fields.numbers, 'many'),
    ...inField('an empty cell for a number', fields.numbers, ''),
    ...inField('a date that does not exist', fields.isoTimes, impossibleDate),
    ...inField('a fraction', fields.wholeNumbers, '1.5'),
    ...inField('beyond a long', fields.wholeNumbers, '9223372036854775808'),
    ...inField('beyond a double', fields.numbers, '1e400'),
  ];
}
