import type { LoadedTopic } from './case-topics.js';

/** A topic and the input that it stands for: a path or `-`. */
export interface InputTopic extends LoadedTopic {
  readonly path: string;
}

/** What is told of topics, with the places of the inputs that they stand for. */
export function toldOfInputs(text: string, topics: readonly InputTopic[]): string {
  // A topic's summary has two counts more.
  const told = text.replace(/("event":"summary",.*?),"tombstones":0,"others":0/g, '$1');
  return topics.reduce(toldOfInput, told);
}

function toldOfInput(text: string, { topic, places, path }: InputTopic): string {
  const name = path === '-' ? 'standard input' : path;
  const at = (partition: string, offset: string) => places[Number(partition)]?.[Number(offset)];
  // The key of a record is no part of a line.
  const letter = new RegExp(
    `"source":"${topic}:\\d+","topic":"${topic}","partition":(\\d+),"offset":(\\d+)(?:,"key":"(?:[^"\\\\]|\\\\.)*")?`,
    'g',
  );
  return text
    .replace(letter, (_, partition, offset) => {
      const record = at(partition, offset);
      return `"source":"${name}","${record?.unit}":${record?.place}`;
    })
    .replace(new RegExp(`${topic}:(\\d+):(\\d+)`, 'g'), (_, partition, offset) => {
      const record = at(partition, offset);
      return record?.unit === 'record' ? `${name}, record ${record.place}` : `${name}:${record?.place}`;
    })
    .replaceAll(`kafka:${topic}`, path);
}

/** What copies told, with their summaries in one: of all that they did. */
export function withOneSummary(text: string): string {
  const lines = text.split('\n');
  const isSummary = (line: string): boolean => line.startsWith('{"event":"summary"');
  const summaries = lines.filter(isSummary);
  if (summaries.length < 2) return text;
  const sums = summaries.map((line) => Object.entries(JSON.parse(line))).reduce(addedUp);
  const others = lines.filter((line) => !isSummary(line) && line !== '');
  return [...others, JSON.stringify(Object.fromEntries(sums)), ''].join('\n');
}

type Entries = [name: string, value: unknown][];

function addedUp(some: Entries, more: Entries): Entries {
  return some.map(([name, value], at) => {
    const [, other] = more[at] ?? [];
    return [name, typeof value === 'number' && typeof other === 'number' ? value + other : value];
  });
}
