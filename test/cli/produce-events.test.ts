import { execFileSync, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database } from '../services/fresh-names.js';
import { mariadb } from '../services/mariadb.js';
import { service } from '../services/service.js';
import { freshet, inFolder, rowsOf, until } from './run-freshet.js';
import { answerOf, post, type TakingEvents, takingEvents } from './taking-events.js';

const click = (n: number): string => `{"event_type":"click","timestamp":${n},"params":{}}`;

describe('freshet produce events', () => {
  let events: TakingEvents;
  let url: string;

  beforeAll(async () => {
    events = await takingEvents(['--max-body', '64KB']);
    url = events.url;
  });
  afterAll(() => events.stop());

  it('takes what the page of the first origin posts by curl, and gives it as it came', async () => {
    const event = '{"event_type":"user_click","timestamp":123456789809,"params":{"key":"value"}}';
    const own = await takingEvents([]);
    const answer = execFileSync('curl', ['-sS', '-d', event, `${own.url}/api/events`], { encoding: 'utf8' });
    expect(answer).toBe('{"accepted":1}\n');
    const { out, status } = await own.stop();
    expect([out, status]).toEqual([`${event}\n`, 130]);
  });

  it.each([
    ['one object', 'application/json', click(1), 1],
    ['an array', 'application/json', `[${click(1)},${click(2)}]`, 2],
    ['an array over several lines', 'application/json; charset=utf-8', `[\n ${click(1)},\n ${click(2)}\n]\n`, 2],
    ['no event at all', 'application/json', '[]', 0],
    ['a byte-order mark', 'application/json', `\ufeff${click(1)}`, 1],
    ['lines', 'application/x-ndjson', `${click(1)}\n\n${click(2)}\r\n${click(3)}`, 3],
    ['lines of arrays', 'application/x-ndjson', `[${click(1)},${click(2)}]\n${click(3)}\n`, 3],
    ['lines, by curl --data-binary', 'application/x-www-form-urlencoded', `${click(1)}\n${click(2)}\n`, 2],
    ['an object over several lines, by curl', 'application/x-www-form-urlencoded', click(1).replaceAll(',', ',\n'), 1],
    ['a type of JSON', 'application/vnd.acme.event+json', click(1), 1],
  ])('takes %s', async (_, type, body, accepted) => {
    expect(await post(url, body, type)).toMatchObject({ status: 202, body: { accepted } });
  });

  it.each([
    ['a field that is missing', '{"event_type":"a"}', { reason: 'field timestamp is missing' }],
    ['an element', `[${click(1)},{"event_type":1,"timestamp":1}]`, { event: 2, reason: /event_type must be a string/ }],
    ['an element that is none', `[${click(1)},${click(2)},7]`, { event: 3, reason: 'not a JSON object' }],
    ['a time that is none', '{"event_type":"a","timestamp":99999999999999999}', { reason: /outside of the years/ }],
    ['a text that is cut', '{"event_type":"a"', { reason: /^not JSON: the text ends early/ }],
    ['a line feed in a string', click(1).replace('click', 'cl\nick'), { reason: /^not JSON/ }],
    ['two texts', `${click(1)}\n${click(2)}`, { reason: /something follows the value/ }],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), { reason: /invalid UTF-8/ }],
    ['nothing', '', { reason: 'the body is empty: an event is expected' }],
    ['blanks', ' \n ', { reason: 'the body is empty: an event is expected' }],
  ])('answers 400 to %s, and says what and where', async (_, body, problem) => {
    const { status, body: said, headers } = await post(url, body);
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    const [first] = Array.isArray(said.problems) ? said.problems : [];
    const { reason, ...place } = problem;
    expect(first).toEqual({ ...place, reason: expect.stringMatching(reason) });
    expect(said).toMatchObject({ title: 'Bad Request', status: 400, detail: expect.stringContaining(first.reason) });
  });

  it('takes none of a body of which one line does not fit, and names the line', async () => {
    const own = await takingEvents([]);
    const { status, body } = await post(own.url, `${click(1)}\n{}\n${click(3)}\n[{}]\n`, 'application/x-ndjson');
    expect([status, body.detail]).toEqual([400, 'line 2: field event_type is missing; none was taken']);
    expect(body.problems).toMatchObject([{ line: 2 }, { line: 4, event: 1 }]);
    expect((await own.stop()).out).toBe('');
  });

  it('answers 413 to a large body, of which it is told or not, and goes on', async () => {
    const large = Buffer.alloc(200_000, ' ');
    expect((await post(url, large)).status).toBe(413);
    const chunked = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < large.length; at += 10_000) controller.enqueue(large.subarray(at, at + 10_000));
        controller.close();
      },
    });
    const headers = { 'content-type': 'application/json' };
    // A body that comes in pieces needs it, which Node's types do not know.
    const half = { duplex: 'half' as const };
    const response = await fetch(`${url}/api/events`, { ...half, method: 'POST', body: chunked, headers });
    expect(response.status).toBe(413);
    expect((await post(url, click(1))).status).toBe(202);
  });

  it('asks for a body only where it would be taken', async () => {
    const asked = (length: number): Promise<string> =>
      new Promise((resolve, reject) => {
        const headers = { expect: '100-continue', 'content-length': length, 'content-type': 'application/json' };
        const sent = request(`${url}/api/events`, { method: 'POST', headers });
        sent.on('continue', () => sent.end(click(1)));
        sent.on('response', (response) => resolve(String(response.statusCode)));
        sent.on('error', reject);
        sent.flushHeaders();
      });
    expect(await asked(200_000)).toBe('413');
    expect(await asked(click(1).length)).toBe('202');
  });

  it.each([
    ['a type that it does not read', { 'content-type': 'text/csv' }],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    // A browser sends it there without asking.
    ['what a page of another site may send', { 'content-type': 'text/plain', origin: 'https://other.example' }],
  ])('answers 415 to %s', async (_, headers) => {
    const response = await fetch(`${url}/api/events`, { method: 'POST', body: click(1), headers });
    expect(response.status).toBe(415);
  });

  it('answers 405 with the methods that there are, 404 elsewhere, and says that it is well', async () => {
    const get = await fetch(`${url}/api/events`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const put = await fetch(`${url}/healthz`, { method: 'PUT', body: '' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect(await answerOf(await fetch(`${url}/healthz?verbose`))).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
  });

  it('lets many requests on few connections be answered, each with its own', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => (await post(url, n % 3 === 0 ? '{}' : click(n))).status),
    );
    expect(statuses).toEqual(Array.from({ length: 300 }, (_, n) => (n % 3 === 0 ? 400 : 202)));
  });

  it('is an input of every command, of any schema', () =>
    inFolder(async (cwd) => {
      const own = await takingEvents(['--schema', 'yt', '--to', 'sqlite:freshet.db#yt', '--log-format', 'json'], {
        cwd,
      });
      const harvest = '{"yt_channel_id":"a","harvest_ts":"2017-08-02T10:00:00","subs":7}';
      expect((await post(own.url, `[${harvest},${harvest}]`)).status).toBe(202);
      // Safe when it is answered.
      const read = await freshet(['report', '--once', '--format', 'json', '--from', 'sqlite:freshet.db#yt'], '', {
        cwd,
      });
      expect(JSON.parse(read.out)).toEqual([JSON.parse(harvest)]);
      const { err } = await own.stop();
      expect(rowsOf(err).at(-1)).toMatchObject({ event: 'summary', records: 2, rows: 2, applied: 1, tied: 1 });
    }));

  it('answers 422 to whoever sent a row that the store does not take, and 202 to those beside', async () => {
    const server = await service(mariadb);
    if (server === undefined) return;
    const to = `${await database(server)}#events`;
    const own = await takingEvents(['--to', to, '--dead', '-']);
    const long = click(1).replace('click', 'x'.repeat(5000));
    const bodies = Array.from({ length: 40 }, (_, n) => (n % 4 === 0 ? `[${click(n)},${long}]` : `[${click(n)}]`));
    const answers = await Promise.all(bodies.map((body) => post(own.url, body)));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map((_, n) => (n % 4 === 0 ? 422 : 202)));
    expect(answers[0]?.body.detail).toMatch(/event_type/);
    const { out } = await own.stop();
    expect(rowsOf(out)).toHaveLength(10);
    const read = await freshet(['report', '--once', '--limit', '0', '--format', 'json', '--from', to]);
    expect(JSON.parse(read.out)).toHaveLength(40);
  });

  it('lets nobody hold a connection by sending slowly, and takes nothing that breaks off', async () => {
    const own = await takingEvents([]);
    const { port } = new URL(own.url);
    const head = 'POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const broken = createConnection(Number(port), '127.0.0.1', () => {
      broken.end(`${head}Content-Length: 1000\r\n\r\n${click(1)}`);
    });
    const slow = createConnection(Number(port), '127.0.0.1', () => slow.write(head));
    let answered = '';
    slow.on('data', (chunk) => {
      answered += chunk;
    });
    await until('the end of the connection', () => slow.closed);
    expect(answered).toMatch(/^HTTP\/1.1 408 /);
    expect((await post(own.url, click(2))).status).toBe(202);
    expect((await own.stop()).out).toBe(`${click(2)}\n`);
  });

  it('answers who sent a whole request before it stops, and takes no more', async () => {
    const own = await takingEvents([]);
    const { port } = new URL(own.url);
    const socket = createConnection(Number(port), '127.0.0.1');
    let answered = '';
    socket.on('data', (chunk) => {
      answered += chunk;
    });
    socket.write(
      `POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${click(1).length}\r\nContent-Type: application/json\r\n\r\n`,
    );
    await fetch(`${own.url}/healthz`);
    own.child.kill('SIGTERM');
    // It does not listen any more, and waits for the body.
    await until('the end of listening', () => refused(own.url));
    socket.write(click(1));
    const { out, status } = await own.end;
    expect(answered).toMatch(/^HTTP\/1.1 202 Accepted\r\n.*connection: close\r\n.*{"accepted":1}\n$/is);
    expect([out, status]).toEqual([`${click(1)}\n`, 143]);
  });

  it('says why it can not listen', async () => {
    const taken = await freshet(['produce', 'events', '--listen', new URL(url).host]);
    expect([taken.status, taken.err]).toEqual([4, expect.stringContaining('another program listens there')]);
    const wrong = await freshet(['produce', 'events', '--listen', 'here']);
    expect([wrong.status, wrong.err]).toEqual([2, expect.stringContaining('--listen here: no address to listen at')]);
  });
});

/** Whether nobody listens there any more. */
function refused(url: string): boolean {
  return spawnSync('curl', ['-s', `${url}/healthz`]).status === 7;
}
