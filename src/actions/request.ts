import type { IncomingHttpHeaders } from 'node:http';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The first of it. */
  readonly text: string;
}

/** More of an answer than this is not read. */
const LONGEST_ANSWER = 64 * 1024;

/** Sends one request over a connection of its own. Redirects are answers: a body is sent where it was meant to go. */
export async function request(url: string, { body, headers, ...options }: Request): Promise<Answer> {
  const { request } = await (url.startsWith('https:') ? import('node:https') : import('node:http'));
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, headers: { ...headers, ...length }, agent: false }, (response) => {
      let text = '';
      const answered = (): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length <= LONGEST_ANSWER) return;
        answered();
        response.destroy();
      });
      response.on('end', answered);
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
