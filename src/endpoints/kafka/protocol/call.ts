import type { WireReader } from './wire-reader.js';
import type { WireWriter } from './wire-writer.js';

/** One request of Kafka's protocol in one version, and how its answer is read. */
export interface Call<T> {
  readonly name: string;
  readonly apiKey: number;
  readonly version: number;
  /** Whether its headers have tagged fields (KIP-482). */
  readonly flexible?: boolean;
  /** Whether its answer's header has none all the same. */
  readonly plainAnswer?: boolean;
  /** How long the broker may keep it, in milliseconds, on top of what an answer takes. */
  readonly wait?: number;
  encode(to: WireWriter): void;
  decode(from: WireReader): T;
}
