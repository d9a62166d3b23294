import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';

/** An expression's text, and what its names and wall-clock times mean. */
export interface Scope {
  readonly text: string;
  readonly schema: RecordSchema;
  readonly zone: Zone;
}
