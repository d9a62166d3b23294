import type { IncomingMessage, ServerResponse } from 'node:http';
import { methodProblem, type Problem, send, sendJson, sendProblem } from '../../endpoints/http/answers.js';
import { EXPOSITIONS, exposition } from '../../endpoints/http/exposition.js';
import { HttpServer } from '../../endpoints/http/http-server.js';
import { BodyRoom } from '../../endpoints/http/request-body.js';
import { formatAddress, type ListenAddress } from '../../endpoints/listen-address.js';
import { FreshetError, Status } from '../../records/errors.js';
import type { BearerToken } from './bearer-token.js';
import { guestProblem } from './guest-problem.js';
import type { Orchestrator } from './orchestrator.js';
import { orchestratorDocument } from './orchestrator-document.js';
import { orchestratorFigures } from './orchestrator-figures.js';
import { answerTo } from './route-answers.js';
import { type Route, routeOf } from './routes.js';

export interface OrchestratorServerOptions {
  readonly address: ListenAddress;
  readonly orchestrator: Orchestrator;
  /** Absent: whoever reaches the address may do all that there is. */
  readonly token?: BearerToken;
  /** Told of an error that is nobody's fault but freshet's. */
  readonly failed: (error: unknown) => void;
}

const MAX_BODY = 64 * 1024;
const MAX_BODIES = 4 * 1024 * 1024;
const CLOSE_MS = 2000;
/** What curl says of `-d` unless told, and what those say who say nothing. */
const CURLS = ['', 'application/x-www-form-urlencoded'];
const STOPPING: Problem = { status: 503, detail: 'this is stopping', headers: { 'retry-after': '1' } };

/** The orchestrator over HTTP: JSON in and out, errors as problem details (RFC 9457). */
export class OrchestratorServer {
  readonly #options: OrchestratorServerOptions;
  readonly #room = new BodyRoom({ maxBody: MAX_BODY, maxQueue: MAX_BODIES });
  readonly #answers = new Map<number, number>();
  #server: HttpServer | undefined;
  #stopping = false;

  private constructor(options: OrchestratorServerOptions) {
    this.#options = options;
  }

  /** @throws ServiceError where it can't listen */
  static async open(options: OrchestratorServerOptions): Promise<OrchestratorServer> {
    const server = new OrchestratorServer(options);
    server.#server = await HttpServer.open(options.address, (request, response) => {
      void server.#handle(request, response);
    });
    return server;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  /** Takes no more requests, and resolves when those that there are have been answered. */
  async close(): Promise<void> {
    this.#stopping = true;
    this.#server?.stop();
    await this.#options.orchestrator.settle();
    await this.#server?.close(CLOSE_MS);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once('close', () => {
      const { statusCode, headersSent } = response;
      if (headersSent) this.#answers.set(statusCode, (this.#answers.get(statusCode) ?? 0) + 1);
    });
    if (this.#stopping) response.setHeader('connection', 'close');
    try {
      await this.#answer(request, response);
    } catch (error) {
      sendProblem(response, this.#problemOf(error));
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { token, orchestrator } = this.#options;
    const route = routeOf(request.url ?? '');
    if (route?.isOpen !== true) {
      const problem = guestProblem(request, token);
      if (problem !== undefined) return sendProblem(response, problem);
    }
    if (route === undefined)
      return sendProblem(response, { status: 404, detail: 'there is nothing here: see /openapi.json' });
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (!route.methods.some((one) => one === method))
      return sendProblem(response, methodProblem(request.method, methodsOf(route)));
    switch (route.kind) {
      case 'health':
        return this.#stopping ? sendProblem(response, STOPPING) : sendJson(response, 200, { status: 'ok' });
      case 'document':
        return sendJson(response, 200, orchestratorDocument(token !== undefined));
      case 'metrics':
        return this.#figures(request, response);
    }
    if (this.#stopping) return sendProblem(response, STOPPING);
    const body = method === 'POST' ? await this.#body(request, response) : undefined;
    if (body !== undefined && 'status' in body) return sendProblem(response, body);
    // The client has gone.
    if (method === 'POST' && body === undefined) return undefined;
    const { remoteAddress: host = 'nobody', remotePort: port = 0 } = request.socket;
    const answer = await answerTo(route, method === 'POST', body?.bytes ?? new Uint8Array(0), {
      orchestrator,
      by: formatAddress({ host, port }),
    });
    if ('detail' in answer) return sendProblem(response, answer);
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    return sendJson(response, answer.status, answer.body);
  }

  async #body(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ bytes: Uint8Array } | Problem | undefined> {
    const held = await this.#room.read(request, response);
    if (held === undefined || 'status' in held) return held;
    held.release();
    const { 'content-type': type = '', origin } = request.headers;
    return held.body.length === 0 || mayBeJson(type, origin) ? { bytes: held.body } : unsupported(type);
  }

  async #figures(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { orchestrator } = this.#options;
    const families = orchestratorFigures(await orchestrator.list(), orchestrator.tally, this.#answers);
    const form = request.headers.accept?.includes('application/openmetrics-text') ? 'openMetrics' : 'prometheus';
    send(response, 200, Buffer.from(exposition(families, form)), { 'content-type': EXPOSITIONS[form] });
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof FreshetError) {
      const more = error.next === undefined ? {} : { more: { next: error.next } };
      return { status: error.status === Status.usage ? 422 : 503, detail: error.message, ...more };
    }
    this.#options.failed(error);
    return { status: 500, detail: 'this is a bug in freshet: what it has written to its standard error tells more' };
  }
}

function methodsOf({ methods }: Route): readonly string[] {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

/** A page of another site may send other types from within a browser without being asked for leave; JSON it may not. */
function mayBeJson(type: string, origin: string | undefined): boolean {
  const [media = ''] = type.split(';');
  return (
    /^application\/([\w.-]+\+)?json$/i.test(media.trim()) || (origin === undefined && CURLS.includes(media.trim()))
  );
}

function unsupported(type: string): Problem {
  return { status: 415, detail: `a body of type ${type} is not taken: send application/json` };
}
