import { readFileSync } from 'node:fs';
import { sentenceOf } from '../endpoints/system-error.js';
import { UsageError } from '../records/errors.js';
import { readYaml, type Tree } from './monitor-file/yaml-tree.js';

/** A text that a person wrote, as plain data, and where each part of it stands. */
export interface ParsedDocument {
  /** Maps, lists and texts: a number is the text that it was written as. */
  readonly value: unknown;
  /** The line and the column, from 1, of the value at a path; undefined where there is none. */
  positionOf(path: readonly (string | number)[]): { line: number; column: number } | undefined;
}

/**
 * Reads a file of YAML, or of JSON, which is YAML, too.
 * @throws UsageError where it can't be read, or is neither
 */
export async function readDocument(path: string): Promise<ParsedDocument> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${path} can't be opened: ${sentenceOf(cause)}`, undefined, { cause });
  }
  return parseDocument(text, path);
}

/** @param name what the user called the text @throws UsageError for what is no YAML, with its line and column */
export async function parseDocument(text: string, name: string): Promise<ParsedDocument> {
  const { tree, problems } = await readYaml(text);
  const [problem] = problems;
  if (problem !== undefined) {
    const { line, column } = problem.place;
    throw new UsageError(`${name}:${line}:${column}: ${problem.message}`);
  }
  return {
    value: tree === undefined ? null : plain(tree),
    positionOf: (path) => path.reduce<Tree | undefined>(within, tree)?.place,
  };
}

function within(tree: Tree | undefined, step: string | number): Tree | undefined {
  if (tree?.kind === 'list') return tree.items[Number(step)];
  return tree?.kind === 'map' ? tree.pairs.find(({ key }) => key === step)?.value : undefined;
}

function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.text;
    case 'list':
      return tree.items.map(plain);
    case 'map':
      return Object.fromEntries(tree.pairs.map(({ key, value }) => [key, plain(value)]));
  }
}
