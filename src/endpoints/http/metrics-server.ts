import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListenAddress } from '../listen-address.js';
import { methodProblem, send, sendJson, sendProblem } from './answers.js';
import { EXPOSITIONS, exposition, type Family } from './exposition.js';
import { HttpServer } from './http-server.js';

const CLOSE_MS = 500;

/** Shows a run's figures to Prometheus. */
export class MetricsServer {
  readonly #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  /** @param figures asked at every scrape @throws ServiceError where it can't listen */
  static async open(address: ListenAddress, figures: () => readonly Family[]): Promise<MetricsServer> {
    return new MetricsServer(await HttpServer.open(address, (request, response) => handle(request, response, figures)));
  }

  get url(): string {
    return `${this.#server.url}/metrics`;
  }

  async close(): Promise<void> {
    await this.#server.close(CLOSE_MS);
  }
}

function handle(request: IncomingMessage, response: ServerResponse, figures: () => readonly Family[]): void {
  const [path] = (request.url ?? '').split('?');
  if (path !== '/metrics' && path !== '/healthz') {
    sendProblem(response, { status: 404, detail: 'there is nothing here: figures are at /metrics' });
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendProblem(response, methodProblem(request.method, ['GET', 'HEAD']));
  } else if (path === '/healthz') {
    sendJson(response, 200, { status: 'ok' });
  } else {
    const form = request.headers.accept?.includes('application/openmetrics-text') ? 'openMetrics' : 'prometheus';
    send(response, 200, Buffer.from(exposition(figures(), form)), { 'content-type': EXPOSITIONS[form] });
  }
}
