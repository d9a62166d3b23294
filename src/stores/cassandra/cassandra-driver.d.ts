import 'cassandra-driver';

/** What the driver has and its own types leave out. */
declare module 'cassandra-driver' {
  namespace metadata {
    interface Metadata {
      /** Whether all nodes that are up have the same schema. */
      checkSchemaAgreement(): Promise<boolean>;
    }
  }
}
