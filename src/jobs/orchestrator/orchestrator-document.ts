import { SPARK_SETTINGS } from './request-bodies.js';

/** What the orchestrator takes and answers, as OpenAPI 3.1 tells it. @param isGuarded whether a token is needed */
export function orchestratorDocument(isGuarded: boolean): object {
  const guarded = isGuarded ? { security: [{ token: [] }] } : {};
  const refusals = isGuarded
    ? { 401: problem('There is no token, or another one.') }
    : { 403: problem('It comes from a page.') };
  const all = { ...refusals, 503: problem('It stops, or where jobs run is out of reach.') };
  return {
    openapi: '3.1.0',
    info: {
      title: 'freshet: jobs',
      version: '1',
      description: 'Runs, shows and stops jobs by name, and stops those that fail too often.',
    },
    paths: {
      '/submissions': {
        get: {
          operationId: 'listSubmissions',
          summary: 'All jobs, with the last run of each.',
          ...guarded,
          responses: { 200: json('The jobs.', { $ref: '#/components/schemas/Jobs' }), ...all },
        },
        post: {
          operationId: 'submit',
          summary: 'Starts a job that the configuration allows.',
          ...guarded,
          requestBody: body('Submission'),
          responses: {
            201: {
              ...json('It runs.', { $ref: '#/components/schemas/Job' }),
              headers: { Location: { schema: { type: 'string' } } },
            },
            409: problem('A job of that name runs.'),
            ...BODY_PROBLEMS,
            422: problem('No job of that name is allowed, or not with these settings.'),
            ...all,
          },
        },
      },
      '/submissions/{name}': {
        parameters: [NAME],
        get: {
          operationId: 'getSubmission',
          summary: 'A job, with its last run.',
          ...guarded,
          responses: {
            200: json('The job.', { $ref: '#/components/schemas/Job' }),
            404: problem('There is no such job.'),
            ...all,
          },
        },
      },
      '/submissions/{name}/kill': {
        parameters: [NAME],
        post: {
          operationId: 'kill',
          summary: 'Stops a job and all that it started. A body is not looked at.',
          ...guarded,
          responses: {
            200: json('What was done, and what was seen afterwards.', { $ref: '#/components/schemas/Stopped' }),
            404: problem('There is no such job.'),
            ...BODY_PROBLEMS,
            ...all,
          },
        },
      },
      '/submissions/check_ratio': {
        post: {
          operationId: 'checkRatio',
          summary:
            'Takes the share of an application’s steps that failed, and stops it where that is over its maximum.',
          ...guarded,
          requestBody: body('Ratio'),
          responses: {
            200: json('What came of it.', { $ref: '#/components/schemas/Judged' }),
            404: problem('There is no such application.'),
            ...BODY_PROBLEMS,
            ...all,
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Whether requests are taken.',
          responses: {
            200: json('They are.', { type: 'object', properties: { status: { const: 'ok' } }, required: ['status'] }),
            503: problem('It stops.'),
          },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Figures for Prometheus.',
          ...guarded,
          responses: {
            200: { description: 'Figures.', content: { 'text/plain': { schema: { type: 'string' } } } },
            ...all,
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'document',
          summary: 'This document.',
          responses: { 200: json('OpenAPI 3.1', { type: 'object' }) },
        },
      },
    },
    components: {
      schemas: SCHEMAS,
      ...(isGuarded ? { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  };
}

const NAME = { name: 'name', in: 'path', required: true, schema: { type: 'string', minLength: 1 } };

function json(description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } };
}

function problem(description: string): object {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function body(schema: string): object {
  return { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

const BODY_PROBLEMS = {
  400: problem('The body does not fit.'),
  408: problem('The request took too long.'),
  413: problem('The body is too large.'),
  415: problem('The body is no JSON.'),
  429: problem('More waits than there is room for.'),
};

const TEXT = { type: 'string' };
const TIME = { type: 'string', format: 'date-time' };
const SHARE = { type: 'number', minimum: 0, maximum: 1 };

const STOPPED = {
  type: 'object',
  properties: {
    target: { type: 'string', description: 'What was meant: job:parity.' },
    signals: { type: 'array', items: TEXT, description: 'What was sent, in its order.' },
    after: { enum: ['gone', 'still there', 'was gone before'] },
    message: TEXT,
  },
  required: ['target', 'signals', 'after', 'message'],
};

const SCHEMAS = {
  Submission: {
    type: 'object',
    description: 'The fields of Spark are settings for where jobs run on Spark; who runs local jobs refuses them.',
    properties: {
      name: TEXT,
      sparkAppName: { type: 'string', description: 'The same as name.' },
      settings: { type: 'object', additionalProperties: TEXT },
      ...Object.fromEntries(SPARK_SETTINGS.map((setting) => [setting, TEXT])),
    },
    oneOf: [{ required: ['name'] }, { required: ['sparkAppName'] }],
    additionalProperties: false,
  },
  Ratio: {
    type: 'object',
    properties: { ratio: SHARE, applicationName: TEXT },
    required: ['ratio', 'applicationName'],
    additionalProperties: false,
  },
  Job: {
    type: 'object',
    properties: {
      name: TEXT,
      id: { type: 'string', description: 'Of this run.' },
      state: { enum: ['starting', 'running', 'exited', 'killed', 'failed', 'lost'] },
      command: { type: 'array', items: TEXT },
      pid: { type: 'integer' },
      startedAt: TIME,
      endedAt: TIME,
      exitStatus: { type: 'integer' },
      restarts: { type: 'integer', minimum: 0 },
    },
    required: ['name', 'id', 'state', 'command', 'startedAt', 'restarts'],
  },
  Jobs: {
    type: 'object',
    properties: { submissions: { type: 'array', items: { $ref: '#/components/schemas/Job' } } },
    required: ['submissions'],
  },
  Judged: {
    type: 'object',
    properties: {
      applicationName: TEXT,
      ratio: SHARE,
      maximum: SHARE,
      exceeded: { type: 'boolean' },
      kill: { $ref: '#/components/schemas/Stopped' },
      message: TEXT,
    },
    required: ['applicationName', 'ratio', 'maximum', 'exceeded', 'message'],
  },
  Stopped: STOPPED,
  /** RFC 9457. */
  Problem: {
    type: 'object',
    properties: {
      type: TEXT,
      title: TEXT,
      status: { type: 'integer' },
      detail: TEXT,
      next: { type: 'string', description: 'What to do about it.' },
    },
    required: ['type', 'title', 'status', 'detail'],
  },
};
