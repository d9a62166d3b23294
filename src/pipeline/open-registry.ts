import { RegistryClient } from '../endpoints/registry/registry-client.js';
import { registrySettings } from '../endpoints/registry/registry-settings.js';
import { SchemasById } from '../endpoints/registry/schemas-by-id.js';

/** The schema registry that all ends of a run share. */
export interface Registry {
  readonly client: RegistryClient;
  readonly schemas: SchemasById;
}

/**
 * The registry at a URL; nothing is sent yet.
 * @param show shows a sentence to the user
 * @throws UsageError where it is no URL
 */
export function openRegistry(url: string, show: (sentence: string) => void): Registry {
  const client = new RegistryClient(registrySettings(url, process.env));
  return { client, schemas: new SchemasById(client, show) };
}
