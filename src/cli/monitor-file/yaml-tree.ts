import type { Document, Node as YamlNode } from 'yaml';
import type { Place, Problem } from './problem.js';

/** What a YAML file holds, each part with its place. */
export type Tree =
  | { readonly kind: 'map'; readonly place: Place; readonly pairs: readonly Pair[] }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly Tree[] }
  /** `text` is as it was written: `0.30`, `true`; null where nothing was. */
  | { readonly kind: 'scalar'; readonly place: Place; readonly text: string | null };

export interface Pair {
  readonly key: string;
  readonly place: Place;
  readonly value: Tree;
}

/** Aliases of aliases multiply. */
const MOST_ALIASES = 1000;

/** Reads YAML 1.2. @returns no tree where the text is none, or is empty */
export async function readYaml(text: string): Promise<{ readonly tree?: Tree; readonly problems: Problem[] }> {
  const { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document: Document.Parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = document.errors.map(({ message, pos }) => ({
    place: placeAt(pos[0]),
    message: `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
  }));
  /** What aliases stand for, as far as they are being read. */
  const open = new Set<YamlNode>();
  let aliases = 0;
  const treeOf = (given: YamlNode | null | undefined, around: Place): Tree => {
    const place = given?.range === null || given?.range === undefined ? around : placeAt(given.range[0]);
    if (!isAlias(given)) return treeOfNode(given, place);
    const node = given.resolve(document);
    if (node === undefined || open.has(node) || ++aliases > MOST_ALIASES) {
      const why = aliases > MOST_ALIASES ? 'there are too many aliases' : 'an alias stands within what it stands for';
      if (problems.length === 0) problems.push({ place, message: `not to be read: ${why}` });
      return { kind: 'scalar', place, text: null };
    }
    open.add(node);
    const tree = treeOfNode(node, place);
    open.delete(node);
    return tree;
  };
  const treeOfNode = (node: YamlNode | null | undefined, place: Place): Tree => {
    if (isMap<YamlNode, YamlNode | null>(node)) {
      const pairs = node.items.map(({ key, value }): Pair => {
        const at = key.range === null || key.range === undefined ? place : placeAt(key.range[0]);
        return { key: isScalar(key) ? String(key.value) : String(key), place: at, value: treeOf(value, at) };
      });
      return { kind: 'map', place, pairs };
    }
    if (isSeq<YamlNode>(node)) return { kind: 'list', place, items: node.items.map((item) => treeOf(item, place)) };
    if (!isScalar(node) || node.value === null) return { kind: 'scalar', place, text: null };
    return {
      kind: 'scalar',
      place,
      text: typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)),
    };
  };
  if (problems.length > 0 || document.contents === null) return { problems };
  const tree = treeOf(document.contents, { line: 1, column: 1 });
  return problems.length > 0 ? { problems } : { tree, problems };
}
