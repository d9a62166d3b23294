import type { Restorable } from '../operators/operator.js';
import { PartitionedOperator } from '../operators/partitioned-operator.js';
import type { OpenInput } from './open-inputs.js';

/**
 * An operator whose state is kept by partition, so that copies may share the topics that it reads. Undefined where the
 * input is something else, or rows are given only once they are final: state follows from rows that were given.
 * @param make an operator that knows so many partitions
 */
export function partedOperator(
  inputs: readonly OpenInput[],
  { emit }: { readonly emit: 'update' | 'close' },
  make: (partitions: number) => Restorable,
): PartitionedOperator | undefined {
  const [input, ...others] = inputs;
  const places = input?.places;
  if (places === undefined || others.length > 0 || emit === 'close') return undefined;
  const topics = Math.max(...places.map(({ partition }) => partition)) + 1;
  return new PartitionedOperator(
    () => make(topics),
    (partition) => places[partition] ?? { part: partition, partition: 0 },
  );
}
