import { join } from 'node:path';

/** What Cassandra needs of Java 17's own packages, as its conf/jvm17-server.options has it. */
const OPENED = [
  ...[
    'java.io',
    'java.lang',
    'java.lang.module',
    'java.lang.reflect',
    'java.net',
    'java.nio',
    'java.nio.file',
    'java.nio.file.spi',
    'java.util',
    'java.util.concurrent',
    'java.util.concurrent.atomic',
    'jdk.internal.loader',
    'jdk.internal.math',
    'jdk.internal.module',
    'jdk.internal.ref',
    'jdk.internal.reflect',
    'jdk.internal.util.jar',
    'sun.nio.ch',
    'sun.nio.fs',
    'sun.net.www.protocol.jar',
    'sun.security.util',
  ].map((name) => `java.base/${name}`),
  'java.logging/java.util.logging',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.management/com.sun.jmx.mbeanserver',
  'java.rmi/java.rmi',
  'java.rmi/java.rmi.server',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.transport',
  'java.rmi/sun.rmi.transport.tcp',
  'java.sql/java.sql',
  'jdk.compiler/com.sun.tools.javac.api',
  'jdk.management.jfr/jdk.management.jfr',
  'jdk.management/com.sun.management',
  'jdk.management/com.sun.management.internal',
  'jdk.naming.dns/com.sun.jndi.dns',
  'jdk.unsupported/sun.misc',
];

/**
 * The arguments of the java that is a node.
 * @param jars the folder of Cassandra's jars
 * @param folder where it keeps what it writes
 */
export function javaOptions(jars: string, folder: string, yaml: string, logging: string): string[] {
  return [
    '-Xms512m',
    '-Xmx512m',
    '-Xss512k',
    '-XX:+UseSerialGC',
    // As quick compiling as Java can: tests end before better code has paid for itself.
    '-XX:TieredStopAtLevel=1',
    '-XX:MaxDirectMemorySize=256m',
    ...OPENED.flatMap((name) => [`--add-opens=${name}=ALL-UNNAMED`, `--add-exports=${name}=ALL-UNNAMED`]),
    `-javaagent:${join(jars, 'jamm-0.4.0.jar')}`,
    '-Djdk.attach.allowAttachSelf=true',
    '-Dio.netty.tryReflectionSetAccessible=true',
    '-Djava.net.preferIPv4Stack=true',
    '-Djava.security.manager=allow',
    `-Dcassandra.config=file://${yaml}`,
    `-Dlogback.configurationFile=${logging}`,
    `-Dcassandra.storagedir=${folder}`,
    `-Dcassandra.logdir=${folder}`,
    '-Dcassandra-foreground=yes',
    // Nobody else is waited for.
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.ring_delay_ms=0',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.jmx.local.port=0',
    '-cp',
    `${folder}:${join(jars, '*')}`,
    'org.apache.cassandra.service.CassandraDaemon',
  ];
}
