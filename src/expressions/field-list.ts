import { describe } from '../records/fit-value.js';
import { nearestName } from '../records/nearest-name.js';
import { type Field, fieldAt, isScalar, leafPaths, type RecordSchema } from '../records/schema.js';
import { expressionError } from './expression-error.js';
import { TokenReader } from './token-reader.js';

/**
 * Reads a list of fields, as in `--by node_name,stat.cpu`: their paths in that order.
 * @throws UsageError for a field that does not exist, is nested or is named twice
 */
export function parseFieldList(text: string, schema: RecordSchema): string[] {
  const reader = new TokenReader(text);
  const paths: string[] = [];
  do {
    const { at } = reader.next;
    const path = reader.path('a field');
    scalarField(schema, text, path, at);
    if (paths.includes(path)) throw expressionError(text, at, `${path} is named twice`);
    paths.push(path);
  } while (reader.takeSign(','));
  if (reader.next.kind !== 'end') reader.fail('a comma');
  return paths;
}

/** The fields of a result that groups by these paths: in a nested field's name the dots become `_`. */
export function groupFields(schema: RecordSchema, paths: readonly string[]): Field[] {
  return paths.flatMap((path) => {
    const field = fieldAt(schema, path);
    return field === undefined ? [] : [{ ...field, name: path.replaceAll('.', '_') }];
  });
}

/** The field of a path that is named in `text` at `at`, which holds one value and not a record, list or map. */
export function scalarField(schema: RecordSchema, text: string, path: string, at: number): Field {
  const field = fieldAt(schema, path);
  const leaves = leafPaths(schema.fields);
  if (field === undefined) {
    const nearest = nearestName(path, leaves);
    const next = nearest === undefined ? `The fields are ${leaves.join(', ')}.` : `Did you mean ${nearest}?`;
    throw expressionError(text, at, `there is no field ${path} in ${schema.name}`, next);
  }
  if (isScalar(field.type)) return field;
  const inner = leaves.find((leaf) => leaf.startsWith(`${path}.`));
  const next = inner === undefined ? undefined : `Name a field inside of it, as ${inner}.`;
  throw expressionError(text, at, `${path} is ${describe(field.type)} and has no single value`, next);
}
