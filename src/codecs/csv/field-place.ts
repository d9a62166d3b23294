import type { Field, RecordSchema } from '../../records/schema.js';
import type { TimeUnit } from '../../records/time/form.js';

/** Where a path of names leads in a schema. */
export interface FieldPlace {
  readonly path: string;
  /** The field itself: not nullable just because a record around it is. */
  readonly field: Field;
  /** The paths of the nullable records around it, from the outermost. */
  readonly nullableParents: readonly string[];
  /** Set where it is the event time. */
  readonly timeUnit?: TimeUnit;
}

/** Finds a field by the names on the way to it; undefined where there is none. `same` tells whether a name fits. */
export function findField(
  schema: RecordSchema,
  names: readonly string[],
  same: (name: string, wanted: string) => boolean = (name, wanted) => name === wanted,
): FieldPlace | undefined {
  let fields = schema.fields;
  const path: string[] = [];
  const nullableParents: string[] = [];
  for (const [depth, wanted] of names.entries()) {
    const field = fields.find(({ name }) => name === wanted) ?? fields.find(({ name }) => same(name, wanted));
    if (field === undefined) return undefined;
    path.push(field.name);
    if (depth === names.length - 1) {
      const whole = path.join('.');
      const time = schema.time?.path === whole ? { timeUnit: schema.time.unit } : {};
      return { path: whole, field, nullableParents, ...time };
    }
    if (field.type.kind !== 'record') return undefined;
    if (field.nullable) nullableParents.push(path.join('.'));
    fields = field.type.fields;
  }
  return undefined;
}
