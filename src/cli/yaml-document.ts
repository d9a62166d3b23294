import { isNode, LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../records/errors.js';

/** A text that was written by a person, as plain data, and where each part of it stands. */
export interface ParsedDocument {
  readonly value: unknown;
  /** The line and the column, from 1, of the value at a path; undefined where there is none. */
  positionOf(path: readonly (string | number)[]): { line: number; column: number } | undefined;
}

/**
 * Reads one YAML 1.2 document; JSON is one, too.
 * @param name what the user called the text
 * @throws UsageError for what is no YAML, with its line and column
 */
export function parseYaml(text: string, name: string): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, column } = placeOf(error.pos[0]);
    throw new UsageError(`${name}:${line}:${column}: ${error.message}`);
  }
  return {
    value: plainData(),
    positionOf: (path) => {
      const node = path.length === 0 ? document.contents : document.getIn(path, true);
      return isNode(node) && node.range ? placeOf(node.range[0]) : undefined;
    },
  };

  function plainData(): unknown {
    try {
      return document.toJS();
    } catch (cause) {
      // Of aliases: too many of them, or none that they could mean.
      throw new UsageError(`${name}: ${cause instanceof Error ? cause.message : cause}`, undefined, { cause });
    }
  }
}
