import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListenAddress } from '../listen-address.js';
import { methodProblem, type Problem, sendJson, sendProblem } from './answers.js';
import { type Framing, framingOf, linesOf } from './body-lines.js';
import type { EventIntake, EventProblem, Offer, Outcome } from './event-intake.js';
import { HttpServer } from './http-server.js';
import { type BodyLimits, BodyRoom, type Held } from './request-body.js';

export interface EventServerOptions extends BodyLimits {
  readonly address: ListenAddress;
  /** Milliseconds that a request waits for its events to be safe. */
  readonly maxWait: number;
}

const EVENTS = '/api/events';
const RETRY = { 'retry-after': '1' };
const STOPPING: Problem = { status: 503, detail: 'this is stopping: try again', headers: RETRY };
const STARTING: Problem = { ...STOPPING, detail: 'this is starting: try again' };
const FAILED: Problem = { ...STOPPING, detail: 'this has ended: the events may be taken all the same' };
const FULL: Problem = { ...STOPPING, detail: 'more events wait than there is room for' };
const AWAY: Problem = { ...STOPPING, detail: 'where events go to has not answered for long' };
const AWAY_WITHDRAWN = 'where events go to takes none: none of these was taken, try again';
const AWAY_TAKEN = 'where events go to has not answered: these may be taken still';
/** How long those who are still sending may go on when it stops. */
const LAST_BODIES_MS = 5000;
const CLOSE_MS = 2000;

/** A request's events on their way, and the room that they take. */
interface Offered {
  readonly held: Held;
  readonly offer: Offer;
}

/** Takes events over HTTP, and answers when they are safe. */
export class EventServer {
  readonly #options: EventServerOptions;
  readonly #room: BodyRoom;
  readonly #answers = new Map<number, number>();
  #server: HttpServer | undefined;
  #intake: EventIntake | undefined;
  #document: object = {};
  /** Requests whose body has not come. */
  #receiving = 0;
  #stopping = false;
  #emptied: () => void = () => {};

  private constructor(options: EventServerOptions) {
    this.#options = options;
    this.#room = new BodyRoom(options);
  }

  /** Listens; until begin() it answers that it takes nothing yet. @throws ServiceError where it can't */
  static async open(options: EventServerOptions): Promise<EventServer> {
    const server = new EventServer(options);
    server.#server = await HttpServer.open(options.address, (request, response) => server.#handle(request, response));
    return server;
  }

  get url(): string {
    return `${this.#server?.url ?? ''}${EVENTS}`;
  }

  /** Requests answered so far, by status. */
  get answers(): ReadonlyMap<number, number> {
    return this.#answers;
  }

  /** @param document what it says of itself, OpenAPI @param emptied called after stop() when no body is to come */
  begin(intake: EventIntake, document: object, emptied: () => void): void {
    this.#intake = intake;
    this.#document = document;
    this.#emptied = emptied;
    if (this.#stopping && this.#receiving === 0) emptied();
  }

  /** Takes no new requests; bodies that are being sent are taken still. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#server?.stop();
    if (this.#receiving === 0) this.#emptied();
    else setTimeout(this.#emptied, LAST_BODIES_MS).unref();
  }

  /** Resolves when all answers are sent. */
  async close(): Promise<void> {
    await this.#server?.close(CLOSE_MS);
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    response.once('close', () => {
      // Whoever has gone before was not answered.
      const { statusCode, headersSent } = response;
      if (headersSent) this.#answers.set(statusCode, (this.#answers.get(statusCode) ?? 0) + 1);
    });
    if (this.#stopping) response.setHeader('connection', 'close');
    const [path = ''] = (request.url ?? '').split('?');
    const gets = request.method === 'GET' || request.method === 'HEAD';
    switch (path) {
      case EVENTS:
        if (request.method === 'POST') void this.#post(request, response);
        else sendProblem(response, methodProblem(request.method, ['POST']));
        return;
      case '/healthz':
        if (gets) this.#health(response);
        else sendProblem(response, methodProblem(request.method, ['GET', 'HEAD']));
        return;
      case '/openapi.json':
        if (gets) sendJson(response, 200, this.#document);
        else sendProblem(response, methodProblem(request.method, ['GET', 'HEAD']));
        return;
      default:
        sendProblem(response, { status: 404, detail: `there is nothing here: POST events to ${EVENTS}` });
    }
  }

  #health(response: ServerResponse): void {
    if (this.#stopping) sendProblem(response, STOPPING);
    else if (this.#intake === undefined) sendProblem(response, STARTING);
    else if (this.#room.isFull) sendProblem(response, FULL);
    else if (performance.now() - (this.#intake.waitingSince ?? Infinity) > this.#options.maxWait) {
      sendProblem(response, AWAY);
    } else sendJson(response, 200, { status: 'ok' });
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const intake = this.#intake;
    if (this.#stopping || intake === undefined) {
      sendProblem(response, this.#stopping ? STOPPING : STARTING);
      return;
    }
    const framing = framingOf(request.headers);
    if (typeof framing === 'object') {
      sendProblem(response, framing);
      return;
    }
    this.#receiving++;
    const offered = await this.#offer(intake, framing, request, response);
    this.#receiving--;
    if (this.#stopping && this.#receiving === 0) this.#emptied();
    if (offered !== undefined) await this.#answer(offered, response);
  }

  /** Offers what the body holds; undefined where it was refused, or the client has gone. */
  async #offer(
    intake: EventIntake,
    framing: Framing,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Offered | undefined> {
    const held = await this.#room.read(request, response);
    if (held === undefined) return undefined;
    if (!('status' in held)) return { held, offer: intake.offer(linesOf(held.body, framing)) };
    sendProblem(response, held);
    return undefined;
  }

  async #answer({ held, offer }: Offered, response: ServerResponse): Promise<void> {
    const giveUp = (): void => {
      sendProblem(response, { status: 503, detail: offer.withdraw() ? AWAY_WITHDRAWN : AWAY_TAKEN, headers: RETRY });
    };
    const timer = setTimeout(giveUp, this.#options.maxWait);
    // Whoever is gone sends them again.
    response.once('close', () => offer.withdraw());
    try {
      const outcome = await offer.outcome;
      if (this.#stopping && !response.headersSent) response.setHeader('connection', 'close');
      answer(response, outcome);
    } catch {
      sendProblem(response, FAILED);
    } finally {
      clearTimeout(timer);
      held.release();
    }
  }
}

function answer(response: ServerResponse, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'taken':
      sendJson(response, 202, { accepted: outcome.events });
      return;
    case 'unfit': {
      const [first] = outcome.problems;
      const detail = `${first === undefined ? 'no event' : sentenceOf(first)}; none was taken`;
      sendProblem(response, { status: 400, detail, more: { problems: outcome.problems } });
      return;
    }
    case 'refused':
      sendProblem(response, {
        status: 422,
        detail: `${outcome.reasons[0] ?? 'refused'}; it is a dead letter, and the others were taken`,
        more: { problems: outcome.reasons.map((reason) => ({ reason })) },
      });
  }
}

function sentenceOf({ event, line, reason }: EventProblem): string {
  const place = [...(line === undefined ? [] : [`line ${line}`]), ...(event === undefined ? [] : [`event ${event}`])];
  return place.length === 0 ? reason : `${place.join(', ')}: ${reason}`;
}
