import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, ServerProcess } from '../server-process.js';
import { missingCommand, type Service } from '../service.js';

const run = promisify(execFile);
const FETCH = fileURLToPath(new URL('fetch-registry.sh', import.meta.url));
/** Where Apicurio has Confluent's interface. */
const PATH = '/apis/ccompat/v7';

/** Apicurio, which keeps its schemas in memory. The address is the URL of Confluent's interface. */
export const registry: Service = {
  name: 'registry',
  variable: 'FRESHET_TEST_REGISTRY',
  container: {
    image: 'apicurio/apicurio-registry:3.0.9',
    port: 8080,
    environment: () => ({}),
    ready: /Installed features/,
    address: (port) => `http://127.0.0.1:${port}${PATH}`,
  },
  missing: () => missingCommand('java', 'mvn'),
  start: startRegistry,
};

async function startRegistry(folder: string, owner: number): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const jar = (await run('sh', [FETCH])).stdout.trim();
  const port = await freePort();
  const address = `http://127.0.0.1:${port}${PATH}`;
  const settings = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': port,
    'apicurio.http.port': port,
    'quarkus.management.enabled': false,
  };
  const java = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const given = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const server = ServerProcess.start('registry', folder, owner, ['java', ...java, ...given, '-jar', jar]);
  await server.until(() => answers(`${address}/subjects`));
  return address;
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url).catch(() => undefined))?.ok === true;
}
