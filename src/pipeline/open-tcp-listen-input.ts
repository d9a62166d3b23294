import type { Format } from '../codecs/codec.js';
import { decompressed } from '../endpoints/decompress.js';
import type { ByteSource } from '../endpoints/endpoint.js';
import { Listener } from '../endpoints/tcp/listener.js';
import { SocketSource } from '../endpoints/tcp/socket-source.js';
import { formatOf } from './first-bytes.js';
import { loadCodec } from './formats.js';
import { type Client, ListeningSource } from './listening-source.js';
import type { OpenInput } from './open-inputs.js';
import { refuseOptions, type TcpListenUri } from './tcp-uri.js';

/**
 * What clients send that connect to this machine, as an input. It listens at once; what clients send before read()
 * waits.
 * @param word what the user wrote @param show told where it listens
 * @throws ServiceError where it can't listen
 */
export async function openTcpListenInput(
  word: string,
  uri: TcpListenUri,
  format: Format | undefined,
  show: (sentence: string) => void,
): Promise<OpenInput> {
  refuseOptions(word, uri, 'from');
  const source = new ListeningSource(() => listener.stop());
  const listener = await Listener.open({
    address: uri.address,
    allowHalfOpen: false,
    tell: show,
    accept: (socket, client) => {
      const raw = new SocketSource(`${listener.name} from ${client}`, socket);
      source.accept(raw, () => openClient(raw, format));
      if (uri.once === true) source.takeNoMore();
    },
  });
  const { name } = listener;
  show(`listening at ${name}`);
  return {
    name,
    finite: false,
    files: [],
    ...(format === undefined ? {} : { format, codecs: [await loadCodec(format)] }),
    read: async (plan) => {
      source.begin(name, plan);
      return source;
    },
    stop: () => source.stop(),
  };
}

/** Waits for a client's first bytes, which tell the format unless it is known. */
async function openClient(raw: ByteSource, known: Format | undefined): Promise<Client> {
  const bytes = await decompressed(raw);
  const format = await formatOf(bytes, known);
  return { bytes, format, codec: await loadCodec(format) };
}
