import type { Operator, Restorable } from '../operators/operator.js';
import { PartitionedOperator } from '../operators/partitioned-operator.js';
import { UsageError } from '../records/errors.js';
import { type OpenInput, partitionsOf } from './open-inputs.js';

/** When rows are given, and what makes them final. */
export interface Closing {
  readonly emit: 'update' | 'close';
  /** Milliseconds. */
  readonly allowedLateness?: number;
  readonly idleClose?: number;
}

/**
 * An operator whose state is kept by partition, so that copies may share the topics that it reads; where the input is
 * something else, one for all of it.
 * @param make an operator that knows so many partitions, and whether its state is kept
 * @throws UsageError where no row would ever be final
 */
export function partedOperator(
  inputs: readonly OpenInput[],
  { emit, allowedLateness, idleClose }: Closing,
  make: (options: { readonly partitions: number; readonly kept: boolean }) => Restorable,
): Operator {
  const [input, ...others] = inputs;
  const places = input?.places;
  if (places === undefined || others.length > 0) return make({ partitions: partitionsOf(inputs), kept: false });
  if (emit === 'close' && allowedLateness === undefined && idleClose === undefined) {
    throw new UsageError(
      '--emit close gives no row of a topic: its windows stay open for what comes later',
      'Say when they are final (--allowed-lateness, --idle-close), or leave --emit close away.',
    );
  }
  const topics = Math.max(...places.map(({ partition }) => partition)) + 1;
  return new PartitionedOperator(
    () => make({ partitions: topics, kept: true }),
    (partition) => places[partition] ?? { part: partition, partition: 0 },
  );
}
