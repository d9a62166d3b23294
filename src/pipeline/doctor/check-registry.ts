import { sentenceOf } from '../../endpoints/system-error.js';
import { ServiceError, UsageError } from '../../records/errors.js';
import type { Check, Finding } from './check.js';

const TIMEOUT_MS = 4000;

/** A schema registry that speaks Confluent's HTTP interface. */
export function checkRegistry(registry: string | undefined): Check {
  const at = { what: 'registry', where: '' };
  if (registry === undefined || registry === '') {
    const says = 'not configured: SCHEMA_REGISTRY_URL names none';
    return { ...at, run: async () => [{ ...at, state: 'absent', says }] };
  }
  const url = URL.canParse(registry) ? new URL(registry) : undefined;
  // A password may stand in it.
  const where = url === undefined ? '' : `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
  return {
    ...at,
    where,
    run: async () => {
      if (url === undefined || !/^https?:$/.test(url.protocol)) {
        throw new UsageError('SCHEMA_REGISTRY_URL is no address of a registry', 'For example: http://127.0.0.1:8081');
      }
      return [await registryFinding({ ...at, where }, url)];
    },
  };
}

async function registryFinding(at: Pick<Finding, 'what' | 'where'>, url: URL): Promise<Finding> {
  const subjects = await get(at.where, url, 'subjects');
  if (!Array.isArray(subjects))
    throw new ServiceError('what answers there is no schema registry', 'Check SCHEMA_REGISTRY_URL.');
  const known = `${subjects.length} subject${subjects.length === 1 ? '' : 's'}`;
  const about = await get(at.where, url, 'v1/metadata/version').catch(() => undefined);
  const version = typeof about === 'object' && about !== null && 'version' in about ? `version ${about.version}, ` : '';
  return { ...at, state: 'ok', says: `${version}${known}` };
}

async function get(base: string, { username, password }: URL, path: string): Promise<unknown> {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers: Record<string, string> =
    username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const response = await fetch(`${base}/${path}`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (cause: unknown) => {
      throw new ServiceError(
        `no answer: ${reasonOf(cause)}`,
        'Check that it runs and that SCHEMA_REGISTRY_URL names it.',
        {
          cause,
        },
      );
    },
  );
  if (response.status === 401 || response.status === 403) {
    throw new ServiceError(
      `it does not let this user in (${response.status})`,
      'Write http://USER:PASSWORD@HOST:PORT.',
    );
  }
  if (!response.ok) throw new ServiceError(`it answers with status ${response.status}`, 'Look into its log.');
  return response.json().catch(() => undefined);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it takes too long';
  return sentenceOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
