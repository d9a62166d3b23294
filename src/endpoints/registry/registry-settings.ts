import { UsageError } from '../../records/errors.js';

/** How a schema registry is reached. */
export interface RegistrySettings {
  /** What paths are added to, without a user; it may be shown. */
  readonly url: string;
  /** The value of the header of that name. */
  readonly authorization?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How a registry is reached: a URL, whose user and password may stand in variables, so that no secret stands in a
 * command line.
 * @throws UsageError where it is no URL
 */
export function registrySettings(text: string, environment: Environment): RegistrySettings {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      'the address of the schema registry is no URL',
      'Give --registry or SCHEMA_REGISTRY_URL one such as http://127.0.0.1:8081',
    );
  }
  const user = decoded(url.username) || environment.SCHEMA_REGISTRY_USERNAME || '';
  const password = decoded(url.password) || environment.SCHEMA_REGISTRY_PASSWORD || '';
  const login = Buffer.from(`${user}:${password}`).toString('base64');
  return {
    url: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`,
    ...(user === '' ? {} : { authorization: `Basic ${login}` }),
  };
}

/** What a part of a URL stands for; one with a % that is none of an escape is taken as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
