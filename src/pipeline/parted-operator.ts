import { ExchangedOperator } from '../operators/exchanged-operator.js';
import type { Exchangeable, Operator, Restorable } from '../operators/operator.js';
import { PartitionedOperator, type Place } from '../operators/partitioned-operator.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { type OpenInput, partitionsOf } from './open-inputs.js';

/** When rows are given, and what makes them final. */
export interface Closing {
  readonly emit: 'update' | 'close';
  /** Milliseconds. */
  readonly allowedLateness?: number;
  readonly idleClose?: number;
}

/** What an operator has to know of its input. */
export interface PartedInput {
  /** How many partitions bring it records. */
  readonly partitions: number;
  /** Whether its state is kept outside of it. */
  readonly kept: boolean;
}

/**
 * An operator whose state is kept by partition, so that copies may share the topics that it reads; where the input is
 * something else, one for all of it.
 * @param inOnePartition whether records that are aggregated together lie in one partition. If not, or if topics have
 * partitions unlike each other's, one copy has all of them: others stand by
 * @throws UsageError where no row would ever be final
 */
export function partedOperator(
  inputs: readonly OpenInput[],
  { emit, allowedLateness, idleClose }: Closing,
  inOnePartition: boolean,
  make: (input: PartedInput) => Restorable,
): Operator {
  const places = placesOf(inputs, inOnePartition);
  if (places === undefined) return make({ partitions: partitionsOf(inputs), kept: false });
  checkCloses({ emit, allowedLateness, idleClose });
  const partitions = Math.max(...places.map(({ partition }) => partition)) + 1;
  return new PartitionedOperator(() => make({ partitions, kept: true }), places);
}

function checkCloses({ emit, allowedLateness, idleClose }: Closing): void {
  if (emit !== 'close' || allowedLateness !== undefined || idleClose !== undefined) return;
  throw new UsageError(
    '--emit close gives no row of a topic: its windows stay open for what comes later',
    'Say when they are final (--allowed-lateness, --idle-close), or leave --emit close away.',
  );
}

/**
 * A partedOperator of groups. Records of a group lie in one partition where the group has the record's key; others are
 * sent to the part that has their group. Of rows that others take the place of that is only so where they stay in their
 * group: one copy has all of the others.
 * @param by paths of the group's fields
 * @throws UsageError where no row would ever be final
 */
export function groupedOperator(
  inputs: readonly OpenInput[],
  schema: RecordSchema,
  { by, ...closing }: Closing & { readonly by: readonly string[] },
  make: (input: PartedInput) => Exchangeable,
): Operator {
  const inOnePartition = schema.key.length > 0 && schema.key.every((path) => by.includes(path));
  const [input, ...others] = inputs;
  const sources = others.length > 0 ? [] : (input?.topicPartitions ?? []);
  // A row that another takes the place of has to be where that one comes: in the same group's part.
  const stays = schema.derived === undefined || by.every((path) => schema.derived?.primaryKey.includes(path));
  if (inOnePartition || !stays || by.length === 0 || sources.length < 2) {
    return partedOperator(inputs, closing, inOnePartition, make);
  }
  checkCloses(closing);
  return new ExchangedOperator(
    { schema, by },
    () => make({ partitions: sources.length, kept: true }),
    sources.map(({ partition }) => partition),
    Date.now,
  );
}

/** Undefined where the input is no list of topics. */
function placesOf([input, ...others]: readonly OpenInput[], inOnePartition: boolean): readonly Place[] | undefined {
  if (input?.partitions === undefined || others.length > 0) return undefined;
  if (inOnePartition && input.places !== undefined) return input.places;
  return Array.from({ length: input.partitions }, (_, partition) => ({ part: 0, partition }));
}
