import type { RecordSchema } from '../../records/schema.js';
import { jsonSchemaOf } from './json-schema.js';

/** What `POST /api/events` and its neighbours take and answer, as OpenAPI 3.1 tells it. */
export function openApiOf(schema: RecordSchema): object {
  const event = { $ref: '#/components/schemas/Event' };
  return {
    openapi: '3.1.0',
    info: {
      title: `freshet: ${schema.name} records over HTTP`,
      version: '1',
      description:
        'Bodies of application/x-www-form-urlencoded (as curl -d says), of text/plain and without a type are read as JSON, too.',
    },
    paths: {
      '/api/events': {
        post: {
          operationId: 'takeEvents',
          summary: 'Takes an event, an array of them, or one on each line.',
          description: 'All of a body is taken, or nothing. It is answered when its events are safe.',
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: { anyOf: [event, { type: 'array', items: event }] } },
              'application/x-ndjson': { schema: event },
            },
          },
          responses: {
            202: {
              description: 'The events are safe.',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Accepted' } } },
            },
            400: problem('Some event does not fit; none was taken.'),
            408: problem('The request took too long.'),
            413: problem('The body is too large.'),
            415: problem('The body is of another type.'),
            422: problem('Some event was refused where it goes to; the others were taken.'),
            429: busy('More wait than there is room for.'),
            503: busy('It stops, or where events go to is away: they may be taken still.'),
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Whether events would be taken now.',
          responses: {
            200: {
              description: 'They would.',
              content: {
                'application/json': {
                  schema: { type: 'object', properties: { status: { const: 'ok' } }, required: ['status'] },
                },
              },
            },
            503: busy('They would not.'),
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'document',
          summary: 'This document.',
          responses: {
            200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: {
      schemas: { Event: jsonSchemaOf(schema), Accepted: ACCEPTED, Problem: PROBLEM },
    },
  };
}

function problem(description: string): object {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function busy(description: string): object {
  return { ...problem(description), headers: { 'Retry-After': { schema: { type: 'integer' } } } };
}

const ACCEPTED = {
  type: 'object',
  properties: { accepted: { type: 'integer', minimum: 0, description: 'How many events there were.' } },
  required: ['accepted'],
};

/** RFC 9457. */
const PROBLEM = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    problems: {
      type: 'array',
      description: 'The first of the events that do not fit.',
      items: {
        type: 'object',
        properties: {
          event: { type: 'integer', minimum: 1 },
          line: { type: 'integer', minimum: 1 },
          reason: { type: 'string' },
        },
        required: ['reason'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail'],
};
