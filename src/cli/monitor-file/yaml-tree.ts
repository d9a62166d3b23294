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
  const treeOf = (given: YamlNode | null | undefined, around: Place): Tree => {
    const node = isAlias(given) ? given.resolve(document) : given;
    const place = given?.range === null || given?.range === undefined ? around : placeAt(given.range[0]);
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
  return { tree: treeOf(document.contents, { line: 1, column: 1 }), problems };
}
