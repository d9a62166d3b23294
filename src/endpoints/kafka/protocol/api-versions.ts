import type { Call } from './call.js';

/** The feature whose levels are numbered with Kafka's releases. */
const METADATA_VERSION = 'metadata.version';
/** Field of the answer that is tagged so (KIP-584): the features that a broker can have. */
const SUPPORTED_FEATURES = 0;

/** The first level of each release (org.apache.kafka.server.common.MetadataVersion). */
const RELEASES: readonly (readonly [level: number, release: string])[] = [
  [31, '4.4 or later'],
  [30, '4.3'],
  [28, '4.2'],
  [26, '4.1'],
  [22, '4.0'],
  [21, '3.9'],
  [20, '3.8'],
  [15, '3.7'],
  [12, '3.6'],
  [9, '3.5'],
  [8, '3.4'],
  [7, '3.3'],
];

/** The greatest level of each feature that a broker can have. */
export type Features = ReadonlyMap<string, number>;

/** Asks a broker what it can do. */
export function apiVersions(): Call<Features> {
  return {
    name: 'ApiVersions',
    apiKey: 18,
    version: 3,
    flexible: true,
    // A client must be able to read it before it knows the broker's version (KIP-511).
    plainAnswer: true,
    encode(to) {
      to.compactString('freshet').compactString('0').noTags();
    },
    decode(from) {
      from.int16();
      from.compactArray(() => {
        from.int16();
        from.int16();
        from.int16();
        from.tags();
      });
      from.int32();
      const features = new Map<string, number>();
      from.tags((tag, field) => {
        if (tag !== SUPPORTED_FEATURES) return;
        field.compactArray(() => {
          const name = field.compactString();
          field.int16();
          features.set(name, field.int16());
          field.tags();
        });
      });
      return features;
    },
  };
}

/** Which release of Kafka a broker is, as far as its features tell. */
export function kafkaVersion(features: Features): string {
  const level = features.get(METADATA_VERSION) ?? 0;
  const release = RELEASES.find(([least]) => level >= least)?.[1];
  return release === undefined ? 'Kafka before 3.3, or another program' : `Kafka ${release}`;
}
