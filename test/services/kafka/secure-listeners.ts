import { join } from 'node:path';
import { certificateAuthority, signed } from '../certificates.js';
import { freePort } from '../server-process.js';

export const USER = 'alice';
export const PASSWORD = 'alices-secret';

/** Listeners of a node besides the plain one, for clients that encrypt or say who they are. */
export interface SecureListeners {
  /** Addresses as HOST:PORT. */
  readonly tls: string;
  /** TLS, and clients have to bring a certificate. */
  readonly mutualTls: string;
  readonly sasl: string;
  readonly saslTls: string;
  /** PEM files: who has signed the servers' certificate, somebody else, and a client's certificate and key. */
  readonly files: Readonly<Record<'ca' | 'otherCa' | 'cert' | 'key', string>>;
  readonly listeners: string;
  readonly protocols: string;
  readonly properties: Readonly<Record<string, string>>;
  /** What the users are made with when the node's folder is formatted. */
  readonly format: readonly string[];
}

const PROTOCOLS = { TLS: 'SSL', MUTUAL: 'SSL', SASL: 'SASL_PLAINTEXT', SASLTLS: 'SASL_SSL' };
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

/** Makes certificates with openssl, and what a node's configuration has of such listeners. */
export async function secureListeners(folder: string): Promise<SecureListeners> {
  const path = (name: string): string => join(folder, name);
  for (const name of ['ca', 'other-ca']) certificateAuthority(folder, name);
  for (const name of ['server', 'client']) signed(folder, name);
  const names = Object.keys(PROTOCOLS);
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const of = (name: string): string => `127.0.0.1:${ports.get(name)}`;
  const tls = (name: string, auth: string) => ({
    [`listener.name.${name}.ssl.keystore.type`]: 'PEM',
    [`listener.name.${name}.ssl.keystore.location`]: path('server.pem'),
    [`listener.name.${name}.ssl.truststore.type`]: 'PEM',
    [`listener.name.${name}.ssl.truststore.location`]: path('ca.crt'),
    [`listener.name.${name}.ssl.client.auth`]: auth,
  });
  const module = 'org.apache.kafka.common.security';
  const sasl = (name: string) => ({
    [`listener.name.${name}.sasl.enabled.mechanisms`]: MECHANISMS.join(),
    [`listener.name.${name}.plain.sasl.jaas.config`]: `${module}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    [`listener.name.${name}.scram-sha-256.sasl.jaas.config`]: `${module}.scram.ScramLoginModule required;`,
    [`listener.name.${name}.scram-sha-512.sasl.jaas.config`]: `${module}.scram.ScramLoginModule required;`,
  });
  return {
    tls: of('TLS'),
    mutualTls: of('MUTUAL'),
    sasl: of('SASL'),
    saslTls: of('SASLTLS'),
    files: { ca: path('ca.crt'), otherCa: path('other-ca.crt'), cert: path('client.crt'), key: path('client.key') },
    listeners: names.map((name) => `${name}://${of(name)}`).join(),
    protocols: Object.entries(PROTOCOLS)
      .map((pair) => pair.join(':'))
      .join(),
    properties: {
      ...tls('tls', 'none'),
      ...tls('mutual', 'required'),
      ...tls('sasltls', 'none'),
      ...sasl('sasl'),
      ...sasl('sasltls'),
    },
    format: MECHANISMS.filter((one) => one !== 'PLAIN').flatMap((one) => [
      '--add-scram',
      `${one}=[name=${USER},password=${PASSWORD}]`,
    ]),
  };
}
