import { Cluster } from '../../../src/endpoints/kafka/client/cluster.js';
import { type Connection, ConnectionError } from '../../../src/endpoints/kafka/client/connection.js';
import type { Call } from '../../../src/endpoints/kafka/protocol/call.js';
import { WireReader } from '../../../src/endpoints/kafka/protocol/wire-reader.js';
import { WireWriter } from '../../../src/endpoints/kafka/protocol/wire-writer.js';

const UNKNOWN_TOPIC = 3;
const NOT_LEADER = 6;
const OUT_OF_RANGE = 1;

/** One partition of the fake: its leader's node (-1: none), and record batches by their first offset. */
export interface FakePartition {
  leader: number;
  readonly batches: { readonly offset: number; readonly next: number; readonly bytes: Uint8Array }[];
}

/** Brokers that are not there: their log and who leads what is what a test says. Node n listens on port n. */
export class FakeCluster {
  readonly topics = new Map<string, FakePartition[]>();
  readonly nodes: number[];
  /** Nodes that do not answer, and why. */
  readonly away = new Map<number, ConnectionError['problem']>();
  /** Fetches that a node was asked for. */
  readonly fetches: { readonly node: number; readonly partitions: readonly string[] }[] = [];
  readonly cluster: Cluster;

  constructor(nodes: readonly number[]) {
    this.nodes = [...nodes];
    const settings = { clientId: 'test', connectTimeout: 1000, requestTimeout: 1000 };
    const seeds = nodes.map((port) => ({ host: 'broker', port }));
    this.cluster = new Cluster(seeds, settings, (_host, port) => this.#connection(port));
  }

  #connection(node: number): Connection {
    return {
      address: `broker:${node}`,
      made: 1,
      send: async (call) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const problem = this.away.get(node);
        if (problem !== undefined) throw new ConnectionError(`broker:${node}`, problem, 'it is away');
        return this.#answer(node, call);
      },
      close: async () => {},
    };
  }

  #answer<T>(node: number, call: Call<T>): T {
    const request = new WireWriter();
    call.encode(request);
    const asked = new WireReader(Uint8Array.from(request.done()));
    const answer = new WireWriter();
    if (call.name === 'Metadata') this.#metadata(asked, answer);
    else if (call.name === 'Fetch') this.#fetch(node, asked, answer);
    else throw new Error(`the fake knows no ${call.name}`);
    return call.decode(new WireReader(Uint8Array.from(answer.done())));
  }

  #metadata(asked: WireReader, to: WireWriter): void {
    const topics = asked.array(() => asked.string());
    const up = this.nodes.filter((node) => !this.away.has(node));
    to.int32(0).array(up, (node) => to.int32(node).string('broker').int32(node).string(undefined));
    to.string('fake').int32(up[0] ?? -1);
    to.array(topics, (topic) => {
      const partitions = this.topics.get(topic);
      to.int16(partitions === undefined ? UNKNOWN_TOPIC : 0)
        .string(topic)
        .boolean(false);
      to.array([...(partitions ?? []).entries()], ([partition, { leader }]) => {
        to.int16(0).int32(partition).int32(leader).int32(0).int32(0).int32(0);
      });
    });
  }

  #fetch(node: number, asked: WireReader, to: WireWriter): void {
    for (let words = 0; words < 4; words++) asked.int32();
    asked.int8();
    asked.int32();
    asked.int32();
    const topics = asked.array(() => {
      const topic = asked.string();
      const partitions = asked.array(() => {
        const [partition, , offset] = [asked.int32(), asked.int32(), asked.long()];
        asked.long();
        asked.int32();
        return { partition, offset };
      });
      return { topic, partitions };
    });
    const names = topics.flatMap(({ topic, partitions }) => partitions.map(({ partition }) => `${topic}:${partition}`));
    this.fetches.push({ node, partitions: names });
    to.int32(0).int16(0).int32(0);
    to.array(topics, ({ topic, partitions }) => {
      to.string(topic).array(partitions, ({ partition, offset }) => {
        const { leader, batches } = this.topics.get(topic)?.[partition] ?? { leader: undefined, batches: [] };
        const end = batches.at(-1)?.next ?? 0;
        const wrong = offset > end ? OUT_OF_RANGE : 0;
        const error = leader === undefined ? UNKNOWN_TOPIC : leader === node ? wrong : NOT_LEADER;
        const records = error === 0 ? batches.find(({ next }) => next > offset)?.bytes : undefined;
        to.int32(partition).int16(error).int64(end).int64(end).int64(0).int32(0).int32(-1).bytes(records);
      });
    });
  }
}
