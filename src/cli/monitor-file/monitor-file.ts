import { readFileSync } from 'node:fs';
import { parse } from '@oclif/core/parser';
import type { MonitorKind } from '../../operators/monitors/monitor-schema.js';
import { UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import { describeError } from '../describe-error.js';
import { inputFlags } from '../flags.js';
import { anomalyMonitor } from '../monitor-anomaly.js';
import { anomalyFlags, missingFlags, ratioFlags } from '../monitor-flags.js';
import { missingMonitor } from '../monitor-missing.js';
import { ratioMonitor } from '../monitor-ratio.js';
import type { Monitor } from '../monitor-run.js';
import { type Place, type Problem, unknownName } from './problem.js';
import { adviceOf, asSetting, settingsOf } from './settings.js';
import { type Pair, readYaml, type Tree } from './yaml-tree.js';

/** A monitor of a file. */
export interface FileMonitor {
  readonly monitor: Monitor;
  /** The input that it names. */
  readonly input: string;
  readonly place: Place;
  /** Where each setting stands. */
  readonly pairs: readonly Pair[];
}

interface MonitorFile {
  readonly monitors: readonly FileMonitor[];
  /** All that is wrong, in the order of the file. */
  readonly problems: readonly Problem[];
}

const KINDS: readonly MonitorKind[] = ['ratio', 'missing', 'anomaly'];
const FLAGS = { ratio: ratioFlags, missing: missingFlags, anomaly: anomalyFlags };
/** Flags that a file's monitors do not have: they are of the run, or of a monitor that stands in a pipeline. */
const NOT_HERE = ['name', 'pass', 'metrics', 'debug', 'log-format'];

/**
 * Reads a file of monitors:
 *
 *     inputs:
 *       outcomes: {from: kafka:outcomes, schema: outcome}
 *     monitors:
 *       - ratio: parity
 *         input: outcomes
 *         max: 0.3
 *
 * An input has the flags of that group as its settings, or is what `from` would be; a monitor has those of its command.
 * @throws UsageError where the file can't be read
 */
export async function readMonitorFile(path: string, warn: (sentence: string) => void): Promise<MonitorFile> {
  const { tree, problems } = await readYaml(textOf(path));
  if (tree === undefined) return { monitors: [], problems: problems.length > 0 ? problems : [nothing()] };
  const reader = new FileReader(problems, warn);
  const monitors = await reader.read(tree);
  problems.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return { monitors, problems };
}

class FileReader {
  readonly #problems: Problem[];
  readonly #warn: (sentence: string) => void;
  readonly #inputs = new Map<string, readonly Pair[]>();
  readonly #names = new Set<string>();

  constructor(problems: Problem[], warn: (sentence: string) => void) {
    this.#problems = problems;
    this.#warn = warn;
  }

  async read(tree: Tree): Promise<FileMonitor[]> {
    if (tree.kind !== 'map') {
      this.#problems.push({ ...nothing(), place: tree.place });
      return [];
    }
    for (const { key, place } of tree.pairs) {
      if (key !== 'inputs' && key !== 'monitors')
        this.#problems.push(unknownName(place, 'part', key, ['inputs', 'monitors']));
    }
    for (const { key, value } of tree.pairs) if (key === 'inputs') await this.#readInputs(value);
    const list = tree.pairs.find(({ key }) => key === 'monitors')?.value;
    if (list?.kind !== 'list' || list.items.length === 0) {
      const message = 'monitors is to be a list, with a - before each monitor';
      this.#problems.push({ place: list?.place ?? tree.place, message, next: EXAMPLE });
      return [];
    }
    const monitors: FileMonitor[] = [];
    for (const item of list.items) {
      const monitor = await this.#readMonitor(item);
      if (monitor !== undefined) monitors.push(monitor);
    }
    return monitors;
  }

  async #readInputs(tree: Tree): Promise<void> {
    if (tree.kind !== 'map') {
      this.#problems.push({ place: tree.place, message: 'inputs is to have a name and what it is for each input' });
      return;
    }
    for (const { key, place, value } of tree.pairs) {
      const pairs = value.kind === 'map' ? value.pairs : [{ key: 'from', place, value }];
      if (!pairs.some((pair) => pair.key === 'from')) {
        this.#problems.push({ place, message: `input ${key} has no from`, next: 'Say where its records come from.' });
      }
      const { problems } = await settingsOf(pairs, inputFlags, 'setting of an input');
      this.#problems.push(...problems);
      this.#inputs.set(key, problems.length === 0 ? pairs : []);
    }
  }

  async #readMonitor(item: Tree): Promise<FileMonitor | undefined> {
    const pairs = item.kind === 'map' ? item.pairs : [];
    const kind = KINDS.find((one) => pairs.some(({ key }) => key === one));
    const named = pairs.find(({ key }) => key === kind);
    if (kind === undefined || named?.value.kind !== 'scalar' || named.value.text === null) {
      const message = 'a monitor begins with what it is and its name';
      this.#problems.push({ place: item.place, message, next: EXAMPLE });
      return undefined;
    }
    const name = named.value.text;
    if (this.#names.has(name)) this.#problems.push({ place: named.place, message: `two monitors are named ${name}` });
    this.#names.add(name);
    const input = this.#inputOf(pairs, named);
    const own = pairs.filter(({ key }) => key !== kind && key !== 'input');
    const known = Object.fromEntries(
      Object.entries(FLAGS[kind]).filter(([flag]) => flag !== 'from' && !NOT_HERE.includes(flag)),
    );
    const { words, problems } = await settingsOf(own, known, `setting of monitor ${kind}`);
    this.#problems.push(...problems, ...needsTarget(pairs));
    if (input === undefined) return undefined;
    const shared = input.pairs.filter(({ key }) => !own.some((pair) => pair.key === key));
    const inputWords = (await settingsOf(shared, inputFlags, 'setting')).words;
    const all = [`--name=${name}`, ...inputWords, ...words];
    try {
      const monitor = await this.#monitorOf(kind, all);
      // Rows go where the file says: several monitors can't share standard output unasked.
      const flags = { ...monitor.flags, to: monitor.flags.to ?? [] };
      return { monitor: { ...monitor, flags }, input: input.name, place: named.place, pairs: own };
    } catch (error) {
      const { message, next } = describeError(error, false);
      const place = placeOf(message, own);
      // What is missing because it is wrong has been told.
      const isTold = place === undefined ? problems.length > 0 : problems.some((one) => one.place === place);
      if (isTold) return undefined;
      this.#problems.push({ place: place ?? named.place, message: asSetting(message), ...adviceOf(next) });
      return undefined;
    }
  }

  #inputOf(
    pairs: readonly Pair[],
    named: Pair,
  ): { readonly name: string; readonly pairs: readonly Pair[] } | undefined {
    const said = pairs.find(({ key }) => key === 'input');
    if (said === undefined || said.value.kind !== 'scalar' || said.value.text === null) {
      const next = `The inputs are ${[...this.#inputs.keys()].join(', ')}.`;
      const message = 'the monitor has no input';
      this.#problems.push({ place: said?.place ?? named.place, message, ...(this.#inputs.size > 0 ? { next } : {}) });
      return undefined;
    }
    const input = this.#inputs.get(said.value.text);
    if (input !== undefined) return { name: said.value.text, pairs: input };
    this.#problems.push(unknownName(said.value.place, 'input', said.value.text, [...this.#inputs.keys()]));
    return undefined;
  }

  async #monitorOf(kind: MonitorKind, words: string[]): Promise<Monitor> {
    switch (kind) {
      case 'ratio':
        return ratioMonitor((await parse(words, { flags: ratioFlags, strict: true })).flags, this.#warn);
      case 'missing':
        return missingMonitor((await parse(words, { flags: missingFlags, strict: true })).flags, this.#warn);
      case 'anomaly':
        return anomalyMonitor((await parse(words, { flags: anomalyFlags, strict: true })).flags, this.#warn);
    }
  }
}

const EXAMPLE = 'For example: - ratio: parity';

function nothing(): Problem {
  return {
    place: { line: 1, column: 1 },
    message: 'the file names no monitors',
    next: 'It has inputs: and monitors:.',
  };
}

/** A monitor of a file stands in no pipeline that it could stop. */
function needsTarget(pairs: readonly Pair[]): Problem[] {
  const kill = pairs.find(({ key, value }) => key === 'kill' && value.kind === 'scalar' && value.text === 'true');
  if (kill === undefined || pairs.some(({ key }) => key === 'target')) return [];
  return [{ place: kill.place, message: 'kill needs a target', next: 'For example: target: job:parity' }];
}

/** Where the setting stands that a sentence is about. */
export function placeOf(message: string, pairs: readonly Pair[]): Place | undefined {
  const about = pairs.find(
    ({ key, value }) =>
      message.includes(`--${key} `) ||
      (value.kind === 'scalar' && value.text !== null && value.text.length > 2 && message.includes(masked(value.text))),
  );
  return about?.value.place;
}

function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} can't be read`, 'Name a file of monitors.', { cause: error });
  }
}
