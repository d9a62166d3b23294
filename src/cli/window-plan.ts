import * as Flags from '@oclif/core/flags';
import { groupFields, parseFieldList } from '../expressions/field-list.js';
import { parseSelect, type Selected } from '../expressions/select.js';
import { deriveWindow } from '../records/derive.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';

/** Flags that say which rows `aggregate window` and `aggregate total` give: `store` takes the same. */
export const windowFlags = {
  by: Flags.string({
    helpValue: 'FIELD,…',
    description: 'the fields to group by [default: all records are one group]',
    helpGroup: 'WHAT',
  }),
  select: Flags.string({
    helpValue: 'LIST',
    description:
      "what is computed: count(), count|sum|avg|min|max|latest(field), each [as name]; such as 'avg(temperature), count() as n'",
    helpGroup: 'WHAT',
    default: 'count()',
  }),
};

export interface WindowPlan {
  readonly by: readonly string[];
  readonly select: readonly Selected[];
  /** The type of the rows. */
  readonly output: RecordSchema;
}

/** What the flags ask for, over a type of records. */
export function planWindow(
  schema: RecordSchema,
  flags: { readonly by?: string; readonly select: string },
  windowed: boolean,
): WindowPlan {
  const by = flags.by === undefined ? [] : parseFieldList(flags.by, schema);
  const select = parseSelect(flags.select, schema);
  return { by, select, output: deriveWindow(schema, groupFields(schema, by), select, windowed) };
}

/** A window's size must be a length of time. @throws UsageError for 0 */
export function positiveDuration(value: number, flag: string): number {
  if (value > 0) return value;
  throw new UsageError(`--${flag} must be longer than 0`, 'For example: --size 60s.');
}
