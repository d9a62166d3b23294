import { jsonText } from '../../records/json-text.js';
import type { Row } from '../../records/value.js';
import { type Fault, type FaultyFields, impossibleDate } from './fault.js';
import type { Random } from './random.js';

/** Everything that RFC 8259 or a schema refuses in one line of JSON. */
export function jsonFaults(fields: FaultyFields): Fault[] {
  const whole = (record: Row): string => lineWith(fields, record, {});
  /** A fault of one value: `text` stands where the JSON of one of `names` would. */
  const inField = (reason: string, names: readonly string[], text: string | ((value: unknown) => string)): Fault[] => {
    const [first] = names;
    if (first === undefined) return [];
    return [
      {
        reason,
        make: (record, random) => {
          const name = pick(names, random) ?? first;
          const value = typeof text === 'string' ? text : text(record[name]);
          return bytes(lineWith(fields, record, { [name]: value }));
        },
      },
    ];
  };
  /** A fault in a value that nobody reads, or in a text where there is one. */
  const inText = (reason: string, raw: string): Fault => ({
    reason,
    make: (record, random) =>
      bytes(lineWith(fields, record, { [pick(fields.texts, random) ?? 'note']: `"broken ${raw}"` })),
  });
  return [
    { reason: 'cut in the middle', make: (record, random) => cut(bytes(whole(record)), random) },
    { reason: 'not JSON', make: () => bytes('ERROR: connection reset by peer') },
    { reason: 'not an object', make: (record) => bytes(jsonText(whole(record))) },
    { reason: 'single quotes', make: (record) => bytes(whole(record).replaceAll('"', "'")) },
    { reason: 'a comma too many', make: (record) => bytes(`${whole(record).slice(0, -1)},}`) },
    { reason: 'two records in one line', make: (record) => bytes(whole(record) + whole(record)) },
    { reason: 'a NUL byte', make: (record) => bytes(`{\0${whole(record).slice(1)}`) },
    { reason: 'invalid UTF-8', make: (record) => withInvalidByte(whole(record)) },
    inText('a lone surrogate', '\\ud800'),
    inText('an unknown escape', '\\x41'),
    inText('a control character', '\u0001'),
    ...inField('a missing field', fields.required, ''),
    ...inField('null for a value', fields.required, 'null'),
    ...inField('text for a number', fields.numbers, '"many"'),
    ...inField('a number for a text', [...fields.texts, ...fields.isoTimes], '42'),
    ...inField('a date that does not exist', fields.isoTimes, (value) => jsonText(impossibleDate(value))),
    ...inField('a fraction', fields.wholeNumbers, '1.5'),
    ...inField('beyond a long', fields.wholeNumbers, '9223372036854775808'),
    ...inField('beyond a double', fields.numbers, '1e400'),
    ...inField('NaN', fields.numbers, 'NaN'),
    ...inField('a leading zero', fields.numbers, '007'),
    ...inField('a leading plus', fields.numbers, '+7'),
  ];
}

const encoder = new TextEncoder();

function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[random.below(list.length)];
}

/** The record as JSON, with other text in place of some values; an empty text leaves the field out. */
function lineWith({ names }: FaultyFields, record: Row, texts: Readonly<Record<string, string>>): string {
  const members = [...new Set([...names, ...Object.keys(texts)])].map((name) => {
    const text = texts[name] ?? jsonText(record[name] ?? null);
    return text === '' ? '' : `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.filter((member) => member !== '').join(',')}}`;
}

function cut(line: Uint8Array, random: Random): Uint8Array {
  return line.subarray(0, 1 + random.below(line.length - 1));
}

/** 0xff, which no UTF-8 text has, at the front of the first text that is a value or a name. */
function withInvalidByte(line: string): Uint8Array {
  const raw = bytes(line);
  const at = raw.indexOf(0x22, raw.indexOf(0x3a)) + 1 || raw.indexOf(0x22) + 1;
  return Buffer.concat([raw.subarray(0, at), Uint8Array.of(0xff), raw.subarray(at)]);
}
