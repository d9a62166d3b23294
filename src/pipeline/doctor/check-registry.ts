import { propertyOf, type RegistryClient } from '../../endpoints/registry/registry-client.js';
import { subjectsOf } from '../../endpoints/registry/subjects.js';
import { openRegistry } from '../open-registry.js';
import { type Check, type Finding, wrong } from './check.js';

/** A schema registry that speaks Confluent's HTTP interface. */
export function checkRegistry(registry: string | undefined): Check {
  const at = { what: 'registry', where: '' };
  if (registry === undefined || registry === '') {
    const says = 'not configured: SCHEMA_REGISTRY_URL names none';
    return { ...at, run: async () => [{ ...at, state: 'absent', says }] };
  }
  try {
    const { client } = openRegistry(registry, () => {});
    const named = { ...at, where: client.name };
    return { ...named, run: async () => [await registryFinding(named, client)] };
  } catch (error) {
    return { ...at, run: async () => [wrong(at, error)] };
  }
}

async function registryFinding(at: Pick<Finding, 'what' | 'where'>, client: RegistryClient): Promise<Finding> {
  const subjects = await subjectsOf(client);
  const known = `${subjects.length} subject${subjects.length === 1 ? '' : 's'}`;
  const about = await client.send('v1/metadata/version').catch(() => undefined);
  const version = propertyOf(about?.body, 'version');
  return { ...at, state: 'ok', says: `${version === undefined ? '' : `version ${version}, `}${known}` };
}
