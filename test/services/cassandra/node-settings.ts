import { join } from 'node:path';

/** Where a node listens, on this machine alone. */
export interface NodePorts {
  readonly clients: number;
  readonly nodes: number;
  readonly tlsNodes: number;
}

/**
 * The lines of cassandra.yaml for a lone node that is small and soon up.
 * @param durable whether a write is on the disk before it is answered: by default it is some time later, and a node that
 * is killed forgets what it has said it has
 */
export function nodeSettings(folder: string, { clients, nodes, tlsNodes }: NodePorts, durable: boolean): string[] {
  const settings = {
    cluster_name: 'freshet',
    num_tokens: 1,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    endpoint_snitch: 'SimpleSnitch',
    ...(durable ? { commitlog_sync: 'batch' } : { commitlog_sync: 'periodic', commitlog_sync_period: '10000ms' }),
    commitlog_segment_size: '16MiB',
    seed_provider: `[{class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{seeds: "127.0.0.1:${nodes}"}]}]`,
    listen_address: '127.0.0.1',
    storage_port: nodes,
    ssl_storage_port: tlsNodes,
    rpc_address: '127.0.0.1',
    native_transport_port: clients,
    start_native_transport: true,
    data_file_directories: `[${join(folder, 'data')}]`,
    commitlog_directory: join(folder, 'commitlog'),
    saved_caches_directory: join(folder, 'saved_caches'),
    hints_directory: join(folder, 'hints'),
    cdc_raw_directory: join(folder, 'cdc'),
    auto_snapshot: false,
    auto_bootstrap: false,
    materialized_views_enabled: true,
  };
  return Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
}

export const LOGGING = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level [%thread] %d{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`;
