import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { RegistryClient } from '../../../src/endpoints/registry/registry-client.js';
import { registrySettings } from '../../../src/endpoints/registry/registry-settings.js';
import { SchemasById } from '../../../src/endpoints/registry/schemas-by-id.js';
import {
  checkWithSubject,
  latestSchema,
  registerSchema,
  subjectsOf,
} from '../../../src/endpoints/registry/subjects.js';
import type { Row } from '../../../src/records/value.js';
import { freshName } from '../../services/fresh-names.js';
import { registry } from '../../services/registry/registry.js';
import { ask, register } from '../../services/registry/subjects.js';
import { freePort } from '../../services/server-process.js';
import { service } from '../../services/service.js';

const address = await service(registry);
const real = String(address);

const clientOf = (url: string, env = {}): RegistryClient => new RegistryClient(registrySettings(url, env));
const record = (name: string, ...fields: Row[]): Row => ({ type: 'record', name, fields });
const int = (name: string, more: Row = {}): Row => ({ name, type: 'int', ...more });

describe('where a registry is', () => {
  it('is a URL; user and password stand in it or in variables, and are never shown', () => {
    const login = `Basic ${Buffer.from('ann:se same').toString('base64')}`;
    expect(registrySettings('http://ann:se%20same@host:8081/', {})).toEqual({
      url: 'http://host:8081',
      authorization: login,
    });
    const variables = { SCHEMA_REGISTRY_USERNAME: 'ann', SCHEMA_REGISTRY_PASSWORD: 'se same' };
    expect(registrySettings('https://host/a/path', variables)).toEqual({
      url: 'https://host/a/path',
      authorization: login,
    });
    const raw = `Basic ${Buffer.from('ann:100%').toString('base64')}`;
    expect(registrySettings('http://ann:100%@host', {})).toEqual({ url: 'http://host', authorization: raw });
    expect(registrySettings('http://host', {})).toEqual({ url: 'http://host' });
  });

  it.each(['host:8081', 'kafka://host', 'nonsense'])('%s is none', (text) => {
    expect(() => registrySettings(text, {})).toThrow('the address of the schema registry is no URL');
  });
});

describe.skipIf(address === undefined)('a registry', () => {
  it('gives a schema one number, whoever registers it, and gives it back by that', async () => {
    const client = clientOf(real);
    const subject = freshName('subject');
    const schema = record(freshName('r'), int('a'));
    const id = await registerSchema(client, subject, schema);
    expect(await registerSchema(client, subject, schema)).toBe(id);
    expect(await register(real, subject, schema)).toBe(id);
    expect(await latestSchema(client, subject)).toEqual(schema);
    expect(await subjectsOf(client)).toContain(subject);
    expect(await new SchemasById(client, () => {}).byId(id)).toEqual({ json: schema, others: [] });
    expect(await latestSchema(client, freshName('none'))).toBeUndefined();
  });

  it('keeps a default beyond 2^53', async () => {
    const client = clientOf(real);
    const subject = freshName('subject');
    const fields = [{ name: 'a', type: 'long', default: 2n ** 53n + 1n }];
    const schema = { type: 'record', name: freshName('r'), fields };
    const id = await registerSchema(client, subject, schema);
    expect(await latestSchema(client, subject)).toEqual(schema);
    expect(await new SchemasById(client, () => {}).byId(id)).toEqual({ json: schema, others: [] });
  });

  it('refuses a schema that is not compatible with what a subject has', async () => {
    const client = clientOf(real);
    const [subject, name] = [freshName('subject'), freshName('r')];
    await registerSchema(client, subject, record(name, int('a')));
    await ask(real, `config/${subject}`, 'PUT', { compatibility: 'BACKWARD' });
    const wrong = record(name, int('a'), int('b'));
    await expect(registerSchema(client, subject, wrong)).rejects.toThrow(
      new RegExp(`^subject ${subject} of the schema registry at ${real} does not take the schema: .*ncompatible`),
    );
    expect(await checkWithSubject(client, subject, wrong)).toHaveLength(1);
    const right = record(name, int('a'), int('b', { default: 1 }));
    expect(await checkWithSubject(client, subject, right)).toEqual([]);
    expect(await checkWithSubject(client, freshName('none'), wrong)).toEqual([]);
    await registerSchema(client, subject, right);
    expect(await latestSchema(client, subject)).toEqual(right);
  });

  it('tells of numbers that it does not know, and of schemas that are none of Avro', async () => {
    const schemas = new SchemasById(clientOf(real), () => {});
    expect(await schemas.byId(999_999)).toEqual({ problem: `the schema registry at ${real} has no schema 999999` });
    const id = await register(
      real,
      freshName('json'),
      { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' },
      { schemaType: 'JSON' },
    );
    expect(await schemas.byId(id)).toEqual({ problem: `schema ${id} is one of JSON, not of Avro` });
  });

  it('gives the schemas that one refers to along with it', async () => {
    const [place, city] = [record(freshName('place'), int('x')), freshName('city')];
    const name = Reflect.get(place, 'name');
    await register(real, `${city}-place`, place);
    const schema = record(city, { name: 'at', type: name });
    const references = [{ name, subject: `${city}-place`, version: 1 }];
    const id = await register(real, city, schema, { references });
    expect(await new SchemasById(clientOf(real), () => {}).byId(id)).toEqual({ json: schema, others: [place] });
  });
});

type Answers = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as it is told, in front of a real registry or in its place. */
async function withServer<T>(answers: Answers, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const said = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

describe('requests to a registry', () => {
  it('carry the user', async () => {
    const seen: (string | undefined)[] = [];
    const answers: Answers = ({ headers }, response) => {
      seen.push(headers.authorization);
      said(response, ['a']);
    };
    await withServer(answers, async (url) => {
      const variables = { SCHEMA_REGISTRY_USERNAME: 'ann', SCHEMA_REGISTRY_PASSWORD: 'sesame' };
      expect(await subjectsOf(clientOf(url, variables))).toEqual(['a']);
    });
    expect(seen).toEqual([`Basic ${Buffer.from('ann:sesame').toString('base64')}`]);
  });

  it('for one number are one, however many ask at once', async () => {
    let asked = 0;
    const answers: Answers = (_request, response) => {
      asked++;
      setTimeout(() => said(response, { schema: '"int"' }), 20);
    };
    await withServer(answers, async (url) => {
      const schemas = new SchemasById(clientOf(url), () => {});
      const found = await Promise.all(Array.from({ length: 50 }, (_, at) => schemas.byId(at % 2)));
      expect(found).toEqual(found.map(() => ({ json: 'int', others: [] })));
      await schemas.byId(1);
    });
    expect(asked).toBe(2);
  });

  it('are sent again while it is away, which is told once, and so is that it is back', async () => {
    let asked = 0;
    const answers: Answers = (request, response) => {
      asked++;
      if (asked === 1) said(response, {}, 503);
      else if (asked === 2) request.socket.destroy();
      else if (asked === 3) said(response, {}, 429);
      else said(response, { schema: '"int"' });
    };
    const shown: string[] = [];
    await withServer(answers, async (url) => {
      const schemas = new SchemasById(clientOf(url), (sentence) => shown.push(sentence));
      expect(await schemas.byId(7)).toEqual({ json: 'int', others: [] });
      expect(shown).toEqual([
        `the schema registry at ${url} answers with status 503: trying again`,
        'the schema registry is back: reading goes on',
      ]);
    });
    expect(asked).toBe(4);
  });

  it('are not sent again to one that lets nobody in, or is none', async () => {
    await withServer(
      (_request, response) => said(response, {}, 401),
      async (url) => {
        const found = new SchemasById(clientOf(url), () => {}).byId(7);
        await expect(found).rejects.toThrow(`the schema registry at ${url} does not let this user in (401)`);
      },
    );
    await withServer(
      (_request, response) => response.writeHead(404).end('<html>'),
      async (url) => {
        const found = new SchemasById(clientOf(url), () => {}).byId(7);
        await expect(found).rejects.toThrow(`what answers at ${url} is no schema registry`);
      },
    );
  });

  it('end when the client is closed, also while the registry is away', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const client = clientOf(url);
    const shown: string[] = [];
    const found = new SchemasById(client, (sentence) => shown.push(sentence)).byId(7);
    while (shown.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    client.close();
    await expect(found).rejects.toThrow('no answer from the schema registry');
    expect(shown).toEqual([`no answer from the schema registry at ${url}: nothing listens there: trying again`]);
  });
});
