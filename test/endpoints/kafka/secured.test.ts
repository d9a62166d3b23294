import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, freshet } from '../../cli/run-freshet.js';
import { freshName } from '../../services/fresh-names.js';
import { type Kafka, kafka, startKafka } from '../../services/kafka/kafka.js';
import { PASSWORD, type SecureListeners, secureListeners, USER } from '../../services/kafka/secure-listeners.js';
import { canStart, missingCommand } from '../../services/service.js';

const possible = canStart(kafka) && missingCommand('openssl') === undefined;
const ROW = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00","subs":7}\n';

describe.skipIf(!possible)('brokers that want TLS or SASL', () => {
  let folder: string;
  let own: Kafka | undefined;
  let secure: SecureListeners;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'freshet-secured-'));
    secure = await secureListeners(folder);
    own = await startKafka(folder, { secure });
  });
  afterAll(async () => {
    await own?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Runs freshet with nothing of Kafka in its environment but these. */
  const run = (args: readonly string[], variables: NodeJS.ProcessEnv, input = ''): Promise<Ended> => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KAFKA_')));
    return freshet(args, input, { env: { ...env, ...variables } });
  };

  /** Writes a topic, reads it in a group, and looks at it: what it takes to use a broker. */
  const expectUse = async (variables: NodeJS.ProcessEnv): Promise<void> => {
    const topic = freshName('secured');
    const wrote = await run(['store', 'raw', '--to', `kafka:${topic}`, '--create-topics'], variables, ROW);
    expect(wrote).toMatchObject({ err: '', status: 0 });
    const from = ['--from', `kafka:${topic}`, '--until-end'];
    const read = await run(['store', 'raw', '--schema', 'yt', ...from, '--to', '-'], variables);
    expect(read).toMatchObject({ out: ROW, err: '', status: 0 });
  };

  /** What is said, by a command that ends with status 4 before it has read anything. */
  const refused = async (variables: NodeJS.ProcessEnv): Promise<string> => {
    const { out, err, status } = await run(['aggregate', 'daily', '--from', 'kafka:any'], variables);
    expect([out, status]).toEqual(['', 4]);
    return err;
  };

  const tls = (): NodeJS.ProcessEnv => ({ KAFKA_BROKERS: secure.tls, KAFKA_TLS_CA: secure.files.ca });
  const sasl = (KAFKA_SASL_MECHANISM: string, KAFKA_BROKERS = secure.sasl): NodeJS.ProcessEnv => ({
    KAFKA_BROKERS,
    KAFKA_SASL_MECHANISM,
    KAFKA_SASL_USERNAME: USER,
    KAFKA_SASL_PASSWORD: PASSWORD,
  });

  it('are used by TLS, whose certificate is checked', async () => {
    await expectUse(tls());
  });

  it('are used by TLS with a certificate of one’s own', async () => {
    const { cert, key } = secure.files;
    await expectUse({ ...tls(), KAFKA_BROKERS: secure.mutualTls, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key });
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('are used by SASL %s', async (mechanism) => {
    await expectUse(sasl(mechanism));
  });

  it.each(['PLAIN', 'SCRAM-SHA-512'])('are used by SASL %s over TLS', async (mechanism) => {
    await expectUse({ ...sasl(mechanism, secure.saslTls), KAFKA_TLS_CA: secure.files.ca });
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'refuse a wrong password by %s, and it is not shown',
    async (mechanism) => {
      const said = await refused({ ...sasl(mechanism), KAFKA_SASL_PASSWORD: 'not-the-secret' });
      expect(said).toContain(secure.sasl);
      expect(said).toMatch(/authentication|credentials/i);
      expect(said).not.toContain('not-the-secret');
    },
  );

  it('are refused where somebody else has signed their certificate, or nobody known', async () => {
    for (const files of [{ KAFKA_TLS_CA: secure.files.otherCa }, { KAFKA_TLS: 'true' }]) {
      const said = await refused({ KAFKA_BROKERS: secure.tls, ...files });
      expect(said).toContain(secure.tls);
      expect(said).toMatch(/certificate/);
    }
  });

  it('tell a client without a certificate, without TLS or without a password', async () => {
    expect(await refused({ ...tls(), KAFKA_BROKERS: secure.mutualTls })).toContain(secure.mutualTls);
    expect(await refused({ KAFKA_BROKERS: secure.tls })).toContain(secure.tls);
    expect(await refused({ KAFKA_BROKERS: secure.sasl })).toContain(secure.sasl);
  });
});
