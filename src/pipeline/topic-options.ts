import type { Registry } from './open-registry.js';

/** What flags say of topics. */
export interface TopicOptions {
  /** `--brokers` */
  readonly brokers?: string;
  /** `--offset` */
  readonly offset?: string;
  /** `--group`: who shares the partitions and keeps positions. */
  readonly group?: string;
  /** Whether the group's positions are forgotten first. */
  readonly reset: boolean;
  /** Whether reading stops where the topics end when it begins. */
  readonly untilEnd: boolean;
  /** Where the schemas of Avro values are looked up. */
  readonly registry?: Registry;
  /** Aborted when the run is to stop. */
  readonly stop?: AbortSignal;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}
