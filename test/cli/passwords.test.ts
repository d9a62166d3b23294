import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshet, inFolder, rowsOf } from './run-freshet.js';

/** Every part of each password holds this: none may be told, nor a piece of one. */
const SECRET = 'sEcret';
const ODD = ['@', ',', '?', '/', '#', '%2F', '%', ' ', '"', "'", ':', '='].map((odd) => `${SECRET}${odd}${SECRET}`);
const PASSWORDS = [SECRET, ...ODD, `/${SECRET}`];

const STORES = ['mysql://', 'cassandra://'];
const OTHERS = [
  'kafka://',
  'tcp://',
  'tcp-listen://',
  'http-listen://',
  'sqlite://',
  'file://',
  'http://',
  'parquet://',
];
const SLOPPY = [
  'kafka:',
  'tcp:',
  'tcp-listen:',
  'http-listen:',
  'mysql:',
  'cassandra:',
  'odd://',
  'KAFKA://',
  '//',
  '',
];
const SCHEMES = [...STORES, ...OTHERS, ...SLOPPY];

/** Nobody listens at this port. */
const uriOf = (scheme: string, password = SECRET): string => `${scheme}alice:${password}@127.0.0.1:1/yt`;

const DAILY = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:00","subs":1}\n';
const BREACH = '{"node_name":"a","temperature":31,"timestamp":"2026-01-01T00:00:30Z"}\n';
const MONITOR = ['monitor', 'anomaly', '--schema', 'sensor', '--field', 'temperature', '--high', '30', '--dry-run'];

/** What a command line shows, and that it has shown something. */
async function shownBy(words: readonly string[], input = DAILY, cwd = '.'): Promise<string> {
  const env = { ...process.env, KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: '', XDG_STATE_HOME: cwd };
  const { out, err } = await freshet(words, input, { cwd, env });
  expect(err + out, words.join(' ')).not.toBe('');
  return out + err;
}

/** Runs command lines, a few at once. */
async function expectNoPassword(lines: readonly (readonly string[])[], input = DAILY): Promise<void> {
  await inFolder(async (folder) => {
    const waiting = [...lines];
    const work = async (): Promise<void> => {
      for (let words = waiting.shift(); words !== undefined; words = waiting.shift()) {
        expect(await shownBy(words, input, folder), words.join(' ')).not.toContain(SECRET);
      }
    };
    await Promise.all([work(), work(), work()]);
  });
}

describe('a password in a URI is not shown', () => {
  it.each([
    ['--from', ['aggregate', 'daily', '--from']],
    ['--to', ['aggregate', 'daily', '--to']],
    ['--to with --compression', ['aggregate', 'daily', '--compression', 'snappy', '--to']],
    ['--dead', ['aggregate', 'daily', '--dead']],
  ])('by %s, whatever its scheme', async (_, words) => {
    await expectNoPassword(SCHEMES.map((scheme) => [...words, uriOf(scheme)]));
  });

  it('by --from and --to, whatever its characters', async () => {
    const lines = PASSWORDS.flatMap((password) => [
      ['store', 'daily', '--to', uriOf('mysql://', password)],
      ['report', '--once', '--from', `${uriOf('mysql://', password)}?ssl-mod=x#t`],
      ['store', 'daily', '--to', uriOf('cassandra://', password)],
      ['aggregate', 'daily', '--format', 'csv', `--to=${uriOf('kafka://', password)}`],
      ['aggregate', 'daily', '--dead', uriOf('tcp://', password)],
      ['tail', uriOf('kafka:', password)],
    ]);
    await expectNoPassword(lines);
  });

  it.each([
    ['another mistake', ['aggregate', 'daily', '--max-dead', 'x', '--to']],
    ['another mistake, as JSON', ['aggregate', 'daily', '--select', 'x', '--log-format', 'json', '--dead']],
    ['--debug', ['store', 'monthly', '--debug', '--log-format', 'json', '--to']],
    ['--registry', ['schema', 'register', 'yt', '--topic', 'yt', '--registry']],
    ['--registry of a run', ['aggregate', 'daily', '--format', 'avro', '--to', 'kafka:yt', '--registry']],
    ['--metrics', ['aggregate', 'daily', '--metrics']],
    ['--brokers', ['aggregate', 'daily', '--from', 'kafka:yt', '--brokers']],
    ['--schema', ['aggregate', 'daily', '--schema']],
    ['--listen', ['serve', '--listen']],
    ['--config', ['serve', '--config']],
    ['--listen of events', ['produce', 'events', '--listen']],
    ['a flag of other values', ['aggregate', 'daily', '--format']],
    ['no flag', ['aggregate', 'daily']],
    ['report', ['report', '--once']],
    ['report --plain', ['report', '--plain']],
    ['report --every', ['report', '--every', '1s']],
    ['tail', ['tail', '--until-end']],
    ['tail --to', ['tail', 'yt', '--to']],
    ['doctor', ['doctor']],
    ['doctor, as JSON', ['doctor', '--format', 'json']],
    ['doctor --registry', ['doctor', '--registry']],
    ['schema check', ['schema', 'check']],
    ['schema infer', ['schema', 'infer', '--name', 'x', '--from']],
    ['a file of monitors', ['monitor', 'check']],
    ['a command that is none', ['daily']],
    ['a job that is none', ['job', 'status']],
    ['a program that is none', ['job', 'run', 'x', '--']],
  ])('by %s', async (_, words) => {
    const schemes = ['mysql://', 'kafka:', 'http://', ''];
    await expectNoPassword(schemes.map((scheme) => [...words, uriOf(scheme)]));
  });

  it('by what alarms set off', async () => {
    const flags = ['--target', '--webhook'].flatMap((flag) =>
      ['mysql://', 'http://', 'https://', 'ftp://', ''].map((scheme) => [flag, `${uriOf(scheme)}#job`]),
    );
    const exec = ['--exec', `freshet report '${uriOf('mysql://')}#t'; MYSQL_PWD=${SECRET} mysql`];
    const lines = [...flags, exec].map((flag) => [...MONITOR, ...(flag[0] === '--target' ? ['--kill'] : []), ...flag]);
    await expectNoPassword(lines, BREACH);
  });

  it('by a file of monitors', async () => {
    await inFolder(async (folder) => {
      const uris = ['kafka://', 'mysql://', 'tcp://', 'nope://', 'kafka:'].map((scheme) => uriOf(scheme));
      for (const uri of uris) {
        const monitor = '{ratio: parity, input: one, to: [a.ndjson]}';
        writeFileSync(join(folder, 'm.yaml'), `inputs: {one: ${JSON.stringify(uri)}}\nmonitors: [${monitor}]\n`);
        expect(await shownBy(['monitor', 'run', 'm.yaml'], '', folder)).not.toContain(SECRET);
        for (const input of [uri, `one=${uri}`, `two=${uri}`]) {
          expect(await shownBy(['monitor', 'test', 'm.yaml', '--input', input], '', folder)).not.toContain(SECRET);
        }
      }
    });
  });

  it('by a job, nor by what tells of it', async () => {
    await inFolder(async (folder) => {
      const uri = uriOf('mysql://');
      await shownBy(['job', 'run', 'a', '--', process.execPath, '-e', '1', uri, `--to=${uri}`], '', folder).catch(
        () => {},
      );
      for (const words of [
        ['list'],
        ['status', 'a'],
        ['list', '--format', 'json'],
        ['status', 'a', '--format', 'json'],
      ]) {
        expect(await shownBy(['job', ...words], '', folder)).not.toContain(SECRET);
      }
    });
  });

  it('and the rest of the URI is', async () => {
    const { err, status } = await freshet(['aggregate', 'daily', '--to', uriOf('tcp://')], DAILY);
    expect([status, err]).toEqual([
      2,
      'freshet: tcp://alice:***@127.0.0.1:1/yt: tcp: takes no user and password\n  Write tcp:HOST:PORT.\n',
    ]);
    const { err: lines } = await freshet(
      ['aggregate', 'daily', '--compression', 'snappy', '--log-format', 'json', '--to', uriOf('mysql://')],
      DAILY,
    );
    expect(rowsOf(lines).map(({ message }) => message)).toEqual([
      'the password in mysql://alice:***@127.0.0.1:1/yt can be seen by others on this machine: set MYSQL_PWD in its place',
      '--compression snappy: it is of Avro files, and mysql://alice:***@127.0.0.1:1/yt is none',
    ]);
  });
});
