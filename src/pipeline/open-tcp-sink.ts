import type { Encoder } from '../codecs/codec.js';
import type { ByteSink, Sink } from '../endpoints/endpoint.js';
import { DialingSink } from '../endpoints/tcp/dialing-sink.js';
import { ListeningSink } from '../endpoints/tcp/listening-sink.js';
import { EncodedSink } from './encoded-sink.js';
import type { OutputOptions } from './open-outputs.js';
import { refuseOptions, type TcpListenUri, type TcpUri } from './tcp-uri.js';

/** Unless the URI says otherwise: for who listens, and for a client that takes nothing. */
const WAIT_MS = 30_000;
const MAX_WAIT_MS = 10_000;

/** What `tcp:` and `tcp-listen:` name as an output. @throws ServiceError where it can't be had */
export async function openTcpSink(
  word: string,
  uri: TcpUri | TcpListenUri,
  encoder: Encoder,
  options: Pick<OutputOptions, 'schema' | 'tell' | 'stop'>,
): Promise<Sink> {
  return new EncodedSink(options.schema, encoder, await openBytes(word, uri, encoder, options));
}

function openBytes(
  word: string,
  uri: TcpUri | TcpListenUri,
  encoder: Encoder,
  { tell = () => {}, stop }: Pick<OutputOptions, 'tell' | 'stop'>,
): Promise<ByteSink> {
  // What stands in front of all rows: of no rows it is all that there is.
  const preamble = encoder.finish();
  const { address } = uri;
  if (uri.kind === 'tcp') return DialingSink.open({ address, preamble, wait: uri.wait ?? WAIT_MS, tell, stop });
  refuseOptions(word, uri, 'to');
  const { minClients = 1, maxWait = MAX_WAIT_MS } = uri;
  return ListeningSink.open({ address, preamble, minClients, maxWait, tell, stop });
}
