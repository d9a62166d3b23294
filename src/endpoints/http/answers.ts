import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A request that is not done: what its answer says (RFC 9457, "Problem Details for HTTP APIs"). */
export interface Problem {
  readonly status: keyof typeof TITLES;
  /** A sentence without a full stop. */
  readonly detail: string;
  readonly headers?: OutgoingHttpHeaders;
  /** What else it says. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, jsonOf(body), { 'content-type': 'application/json' });
}

export function sendProblem(response: ServerResponse, { status, detail, headers = {}, more = {} }: Problem): void {
  const body = jsonOf({ type: 'about:blank', title: TITLES[status], status, detail, ...more });
  send(response, status, body, { ...headers, 'content-type': 'application/problem+json' });
}

function jsonOf(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** Does nothing where the client is gone, or was answered before. */
export function send(response: ServerResponse, status: number, body: Uint8Array, headers: OutgoingHttpHeaders): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

/** Of one of the paths that are there, with a method that it does not have. */
export function methodProblem(method: string | undefined, allowed: readonly string[]): Problem {
  const allow = allowed.join(', ');
  return { status: 405, detail: `${method} is not done here, but ${allow}`, headers: { allow } };
}
