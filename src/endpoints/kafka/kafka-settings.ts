import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { UsageError } from '../../records/errors.js';
import type { BrokerAddress } from './client/cluster.js';
import type { ConnectionSettings, SaslMechanism } from './client/connection.js';

const DEFAULT_PORT = 9092;
const CONNECT_TIMEOUT_MS = 1500;
const REQUEST_TIMEOUT_MS = 30_000;

/** The variables of the environment that say how Kafka is reached. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface KafkaSettings {
  readonly seeds: readonly BrokerAddress[];
  readonly connection: ConnectionSettings;
}

/**
 * How Kafka is reached: brokers from `--brokers`, `KAFKA_BROKERS`, or `KAFKA_HOST` and `KAFKA_PORT`; TLS and SASL from
 * variables, so that no secret stands in a command line.
 * @throws UsageError where no broker is named or a variable makes no sense
 */
export function kafkaSettings(brokers: string | undefined, environment: Environment): KafkaSettings {
  const env = withoutEmpty(environment);
  const named = brokers?.trim() || env.KAFKA_BROKERS || hostOf(env);
  if (named?.includes('@')) {
    throw new UsageError(
      'an address of a broker holds no user',
      'Set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, and write HOST:PORT.',
    );
  }
  const addresses = (named ?? '').split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  if (addresses.length === 0) {
    throw new UsageError('no Kafka broker is named', 'Set KAFKA_BROKERS=HOST:PORT, or give --brokers HOST:PORT.');
  }
  const tls = tlsOf(env);
  const sasl = saslOf(env);
  return {
    seeds: addresses.map(addressOf),
    connection: {
      clientId: 'freshet',
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      ...(tls === undefined ? {} : { tls }),
      ...(sasl === undefined ? {} : { sasl }),
    },
  };
}

/** An empty variable is one that is not set: compose files and shells pass them on so. */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
}

function hostOf({ KAFKA_HOST: host, KAFKA_PORT: port = `${DEFAULT_PORT}` }: Environment): string | undefined {
  return host === undefined ? undefined : `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function addressOf(text: string): BrokerAddress {
  if (isIPv6(text)) return { host: text, port: DEFAULT_PORT };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  const host = bracketed ?? plain;
  if (host === undefined || port > 65_535 || port === 0) {
    throw new UsageError(`${text} is no address of a broker`, 'Write HOST:PORT, several with commas between them.');
  }
  return { host, port };
}

/** `KAFKA_TLS=true`, or any file of a certificate, turns TLS on. */
function tlsOf(env: Environment): ConnectionOptions | undefined {
  const files = { ca: env.KAFKA_TLS_CA, cert: env.KAFKA_TLS_CERT, key: env.KAFKA_TLS_KEY };
  const wanted = isTrue('KAFKA_TLS', env.KAFKA_TLS) ?? Object.values(files).some((file) => file !== undefined);
  if (!wanted) return undefined;
  const read = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, readPem(`KAFKA_TLS_${name.toUpperCase()}`, file)]],
  );
  return Object.fromEntries(read);
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UsageError(`${variable}: ${file} can't be read`, 'It is to name a file in PEM format.', { cause });
  }
}

const MECHANISMS: readonly SaslMechanism[] = ['plain', 'scram-sha-256', 'scram-sha-512'];

/** A user turns SASL on; the mechanism is PLAIN unless told. */
function saslOf(env: Environment): ConnectionSettings['sasl'] {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password, KAFKA_SASL_MECHANISM: named } = env;
  if (username === undefined && password === undefined && named === undefined) return undefined;
  const mechanism = MECHANISMS.find((one) => one === (named ?? 'plain').toLowerCase());
  if (mechanism === undefined) {
    throw new UsageError(
      `KAFKA_SASL_MECHANISM: ${named} is not known`,
      'Known are PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512.',
    );
  }
  if (username === undefined || password === undefined) {
    throw new UsageError('SASL needs both KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  }
  return { mechanism, username, password };
}

function isTrue(variable: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off)$/i.test(value)) return false;
  throw new UsageError(`${variable}: ${value} is neither true nor false`);
}
