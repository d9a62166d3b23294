/** What a registry answers to a request that is none of freshet's. */
export async function ask(address: string, path: string, method = 'GET', body?: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${address}/${path}`, { method, headers, ...content });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Registers a schema as other programs do, and gives its number. */
export async function register(address: string, subject: string, schema: unknown, more: object = {}): Promise<number> {
  const said = await ask(address, `subjects/${subject}/versions`, 'POST', { schema: JSON.stringify(schema), ...more });
  return Number(Reflect.get(said as object, 'id'));
}
