import * as Flags from '@oclif/core/flags';
import { groupFields, parseFieldList } from '../expressions/field-list.js';
import { parseSelect, type Selected } from '../expressions/select.js';
import type { Operator } from '../operators/operator.js';
import type { WindowOperator } from '../operators/window/window-operator.js';
import { type OpenInput, partitionsOf } from '../pipeline/open-inputs.js';
import { type Closing, type PartedInput, partedOperator } from '../pipeline/parted-operator.js';
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

/**
 * The operator of a plan. Records of a group lie in one partition where the group has the record's key.
 */
export function windowOperator(
  inputs: readonly OpenInput[],
  schema: RecordSchema,
  { by, ...closing }: Pick<WindowPlan, 'by'> & Closing,
  make: (options: PartedInput) => WindowOperator,
): Operator {
  // The rows of upserts that count would have to be kept, too.
  if (schema.derived !== undefined) return make({ partitions: partitionsOf(inputs), kept: false });
  const inOnePartition = schema.key.length > 0 && schema.key.every((path) => by.includes(path));
  return partedOperator(inputs, closing, inOnePartition, make);
}

/** A window's size must be a length of time. @throws UsageError for 0 */
export function positiveDuration(value: number, flag: string): number {
  if (value > 0) return value;
  throw new UsageError(`--${flag} must be longer than 0`, 'For example: --size 60s.');
}
