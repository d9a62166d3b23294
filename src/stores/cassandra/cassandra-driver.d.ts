import 'cassandra-driver';

/** What the driver has and its own types leave out. */
declare module 'cassandra-driver' {
  interface Client {
    /** Finds out which nodes there are. */
    readonly controlConnection: { shutdown(): void };
  }
  interface Host {
    /** Closes its connections. @param waits whether what is asked is answered first */
    shutdown(waits: boolean): Promise<void>;
  }
  namespace metadata {
    interface Metadata {
      /** Whether all nodes that are up have the same schema. */
      checkSchemaAgreement(): Promise<boolean>;
    }
  }
}
