import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Environment, kafkaSettings } from '../../../src/endpoints/kafka/kafka-settings.js';
import { UsageError } from '../../../src/records/errors.js';

const local = { KAFKA_BROKERS: 'localhost:9092' };

function seeds(brokers: string | undefined, env: Environment = {}): string[] {
  return kafkaSettings(brokers, env).seeds.map(({ host, port }) => `${host} ${port}`);
}

/** What is told of an error, and what to do next. */
function told(brokers: string | undefined, env: Environment): string {
  try {
    kafkaSettings(brokers, env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error instanceof UsageError ? `${error.message} ${error.next ?? ''}` : '';
  }
  throw new Error('nothing was refused');
}

describe('brokers', () => {
  it('are named by --brokers before KAFKA_BROKERS before KAFKA_HOST and KAFKA_PORT', () => {
    const env = { KAFKA_BROKERS: 'two:2', KAFKA_HOST: 'three', KAFKA_PORT: '3' };
    expect(seeds('one:1', env)).toEqual(['one 1']);
    expect(seeds(undefined, env)).toEqual(['two 2']);
    expect(seeds(undefined, { KAFKA_HOST: 'three', KAFKA_PORT: '3' })).toEqual(['three 3']);
    expect(seeds(undefined, { KAFKA_HOST: 'three' })).toEqual(['three 9092']);
  });

  it('are no less when variables before them are empty', () => {
    expect(seeds(undefined, { KAFKA_BROKERS: '', KAFKA_HOST: 'three', KAFKA_PORT: '' })).toEqual(['three 9092']);
    expect(seeds('', { KAFKA_HOST: 'three' })).toEqual(['three 9092']);
    expect(told(undefined, { KAFKA_BROKERS: ' ', KAFKA_HOST: '' })).toContain('no Kafka broker is named');
  });

  it.each([
    ['a', ['a 9092']],
    ['a:1, b:2 ,c', ['a 1', 'b 2', 'c 9092']],
    ['a:1,', ['a 1']],
    ['[::1]:9093', ['::1 9093']],
    ['[::1]', ['::1 9092']],
    ['::1', ['::1 9092']],
    ['fe80::1,10.0.0.1:65535', ['fe80::1 9092', '10.0.0.1 65535']],
  ])('%s', (text, found) => {
    expect(seeds(text)).toEqual(found);
  });

  it('may be an IPv6 address in KAFKA_HOST', () => {
    expect(seeds(undefined, { KAFKA_HOST: '::1', KAFKA_PORT: '9093' })).toEqual(['::1 9093']);
    expect(seeds(undefined, { KAFKA_HOST: '[::1]', KAFKA_PORT: '9093' })).toEqual(['::1 9093']);
  });

  it.each(['a:0', 'a:65536', 'a:b', 'a b:1', 'http://a:1', ':9092', '[::1'])('refuses %s', (text) => {
    expect(told(text, {})).toContain(`${text} is no address of a broker`);
  });
});

describe('TLS', () => {
  it('is on with KAFKA_TLS or with a file', () => {
    expect(kafkaSettings('a', {}).connection.tls).toBeUndefined();
    expect(kafkaSettings('a', { KAFKA_TLS: 'false', KAFKA_TLS_CA: '/none' }).connection.tls).toBeUndefined();
    expect(kafkaSettings('a', { KAFKA_TLS: 'true' }).connection.tls).toEqual({});
    expect(kafkaSettings('a', { KAFKA_TLS: '', KAFKA_TLS_CA: '' }).connection.tls).toBeUndefined();
    const folder = mkdtempSync(join(tmpdir(), 'freshet-tls-'));
    writeFileSync(join(folder, 'ca.pem'), 'the certificate');
    const { tls } = kafkaSettings('a', { KAFKA_TLS_CA: join(folder, 'ca.pem') }).connection;
    expect(tls).toEqual({ ca: Buffer.from('the certificate') });
    rmSync(folder, { recursive: true });
  });

  it('names the variable that makes no sense', () => {
    expect(told('a', { KAFKA_TLS: 'perhaps' })).toContain('KAFKA_TLS: perhaps is neither true nor false');
    expect(told('a', { KAFKA_TLS_KEY: '/none/key.pem' })).toContain("KAFKA_TLS_KEY: /none/key.pem can't be read");
  });
});

describe('SASL', () => {
  const user = { ...local, KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'open sesame' };

  it('is on with a user, PLAIN unless told', () => {
    expect(kafkaSettings(undefined, local).connection.sasl).toBeUndefined();
    const sasl = { mechanism: 'plain', username: 'ann', password: 'open sesame' };
    expect(kafkaSettings(undefined, user).connection.sasl).toEqual(sasl);
    const scram = kafkaSettings(undefined, { ...user, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' }).connection.sasl;
    expect(scram).toEqual({ ...sasl, mechanism: 'scram-sha-512' });
    const empty = { ...local, KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD: '', KAFKA_SASL_MECHANISM: '' };
    expect(kafkaSettings(undefined, empty).connection.sasl).toBeUndefined();
  });

  it.each([{ KAFKA_SASL_USERNAME: 'ann' }, { KAFKA_SASL_PASSWORD: 'open sesame' }, { KAFKA_SASL_MECHANISM: 'PLAIN' }])(
    'needs a user and a password: %o',
    (env) => {
      expect(told(undefined, { ...local, ...env })).toContain('SASL needs both');
    },
  );

  it('refuses a mechanism that is not known', () => {
    expect(told(undefined, { ...user, KAFKA_SASL_MECHANISM: 'GSSAPI' })).toContain('GSSAPI is not known');
  });
});

describe('secrets', () => {
  it('stand in no message', () => {
    const variables = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM', 'KAFKA_TLS', 'KAFKA_TLS_CA'];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...variables), fc.string({ maxLength: 4 })), (env) => {
        const secret = 'open-sesame-1001';
        try {
          kafkaSettings(`ann:${secret}@a:1`, { ...env, KAFKA_SASL_PASSWORD: secret });
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect(error instanceof UsageError && `${error.message} ${error.next}`).not.toContain(secret);
        }
      }),
    );
  });

  it('have variables of their own', () => {
    expect(told('ann:open-sesame@a:1', {})).toContain('KAFKA_SASL_PASSWORD');
  });
});
