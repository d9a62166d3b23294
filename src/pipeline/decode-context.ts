import type { Codec, DecodeContext } from '../codecs/codec.js';
import type { ReadPlan } from './read-plan.js';

/** What a decoder is told of a plan. @param source what the user called the bytes */
export function contextOf(plan: ReadPlan, codec: Codec, source: string): DecodeContext {
  const paths = codec.keepsRecords ? plan.paths : plan.pathsWithoutRecords;
  return {
    schema: plan.schema,
    projection: { paths, records: plan.records },
    zone: plan.zone,
    source,
    partition: plan.partition,
  };
}
