import type { Format } from '../codecs/codec.js';
import { EventServer } from '../endpoints/http/event-server.js';
import { openApiOf } from '../endpoints/http/openapi.js';
import { formatAddress } from '../endpoints/listen-address.js';
import { UsageError } from '../records/errors.js';
import { EventChecker } from './event-checker.js';
import { loadCodec } from './formats.js';
import { HttpSource } from './http-source.js';
import type { OpenInput } from './open-inputs.js';
import type { HttpUri } from './uri.js';

const MAX_BODY = 1024 * 1024;
const MAX_QUEUE = 64 * 1024 * 1024;
const MAX_WAIT_MS = 30_000;

/**
 * Events that are posted to this machine, as an input. It listens at once, and takes them from read() on.
 * @param show told where it listens
 * @throws ServiceError where it can't listen
 */
export async function openHttpInput(
  { address, maxBody = MAX_BODY, maxQueue = MAX_QUEUE, maxWait = MAX_WAIT_MS }: HttpUri,
  format: Format | undefined,
  show: (sentence: string) => void,
): Promise<OpenInput> {
  const name = `http-listen:${formatAddress(address)}`;
  if (format !== undefined && format !== 'ndjson') {
    throw new UsageError(`${name}: ${format} can't be posted`, 'Bodies are JSON and JSON lines.');
  }
  const server = await EventServer.open({ address, maxBody, maxQueue, maxWait });
  const codec = await loadCodec('ndjson');
  return {
    name,
    finite: false,
    format: 'ndjson',
    files: [],
    codecs: [codec],
    read: async ({ schema, zone, partition, paths, records }) => {
      const context = { schema, zone, partition, source: name };
      // Of fields that nothing reads all is checked but that a time is one.
      const times = schema.time === undefined ? [] : [schema.time.path];
      const source = new HttpSource({
        name,
        server,
        checker: new EventChecker(schema, codec.decoder({ ...context, projection: { paths: times, records: false } })),
        decoder: codec.decoder({ ...context, projection: { paths, records } }),
      });
      server.begin(source, openApiOf(schema), source.emptied);
      show(`taking events at ${server.url}`);
      return source;
    },
    stop: () => server.stop(),
  };
}
