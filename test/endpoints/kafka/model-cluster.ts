import { Cluster } from '../../../src/endpoints/kafka/client/cluster.js';
import { type Connection, ConnectionError } from '../../../src/endpoints/kafka/client/connection.js';
import type { Call } from '../../../src/endpoints/kafka/protocol/call.js';
import { ERROR } from '../../../src/endpoints/kafka/protocol/error-codes.js';
import { WireReader } from '../../../src/endpoints/kafka/protocol/wire-reader.js';
import { WireWriter } from '../../../src/endpoints/kafka/protocol/wire-writer.js';
import { recordBatches } from '../../../src/endpoints/kafka/records/record-batch.js';
import { slowRecords } from './slow-records.js';

/** What becomes of a batch that a broker gets. */
export type Fault =
  | 'none'
  /** It is added, and the answer lost with the connection; or only lost. */
  | 'added and lost'
  | 'lost'
  /** It is added, and the broker is restarted: of each producer it knows the last batch alone. */
  | 'restarted'
  | 'added by too few'
  | 'not leader'
  /** The broker says that the sequence is broken when it is not; never of a batch that it has. */
  | 'sequence forgotten'
  | 'leader moves';

const NODES = 2;
/** A broker knows as many batches of a producer. */
const KNOWN = 5;

interface Sequence {
  epoch: number;
  last: number;
  known: string[];
}

/** Brokers that check sequences as Kafka does, with one topic, and faults as they are dealt. */
export class ModelCluster {
  /** The values of each partition, in order. */
  readonly logs: string[][];
  readonly #sequences: Map<bigint, Sequence>[];
  readonly #leaders: number[];
  #broken = 0;
  readonly #restarting = new Set<number>();

  constructor(
    readonly partitions: number,
    readonly fault: () => Fault,
    readonly mostBytes: number,
  ) {
    this.logs = Array.from({ length: partitions }, () => []);
    this.#sequences = Array.from({ length: partitions }, () => new Map());
    this.#leaders = Array.from({ length: partitions }, (_, partition) => partition % NODES);
  }

  /** How many faults have hit. */
  get broken(): number {
    return this.#broken;
  }

  client(): Cluster {
    const settings = { clientId: 'test', connectTimeout: 1000, requestTimeout: 1000 };
    return new Cluster([{ host: 'model', port: 0 }], settings, (_, port) => new ModelConnection(this, port));
  }

  /** @param isNew whether it is the first that comes on a connection */
  answer(node: number, { apiKey, ...call }: Call<unknown>, isNew: boolean): { answer: Buffer; lost: boolean } {
    if (isNew && this.#restarting.delete(node)) this.#forget();
    const request = new WireWriter();
    call.encode(request);
    const from = new WireReader(request.done());
    const to = new WireWriter();
    if (apiKey === 3) {
      this.#metadata(to);
      return { answer: to.done(), lost: false };
    }
    if (apiKey === 61) {
      this.#describe(from, to);
      return { answer: to.done(), lost: false };
    }
    const lost = this.#produce(node, from, to);
    return { answer: to.done(), lost };
  }

  #forget(): void {
    for (const sequences of this.#sequences) {
      for (const sequence of sequences.values()) sequence.known = sequence.known.slice(-1);
    }
  }

  #describe(from: WireReader, to: WireWriter): void {
    const [partitions = []] = from.compactArray(() => {
      from.compactString();
      const asked = from.compactArray(() => from.int32());
      from.tags();
      return asked;
    });
    to.int32(0).compactArray(['topic'], (topic) => {
      to.compactString(topic).compactArray(partitions, (partition) => {
        to.int32(partition).int16(0).compactString(undefined);
        to.compactArray([...(this.#sequences[partition] ?? [])], ([producerId, { epoch, last }]) => {
          to.int64(producerId).int32(epoch).int32(last).int64(0).int32(0).int64(-1).noTags();
        });
        to.noTags();
      });
      to.noTags();
    });
    to.noTags();
  }

  #metadata(to: WireWriter): void {
    to.int32(0).array([0, 1], (node) => to.int32(node).string('model').int32(node).string(undefined));
    to.string('model').int32(0);
    to.array(['topic'], (topic) => {
      to.int16(0).string(topic).boolean(false);
      to.array([...this.#leaders.entries()], ([partition, leader]) => {
        to.int16(0).int32(partition).int32(leader);
        for (let count = 3; count > 0; count--) to.array([], () => {});
      });
    });
  }

  #produce(node: number, from: WireReader, to: WireWriter): boolean {
    from.nullableString();
    from.int16();
    from.int32();
    let lost = false;
    const answers = from
      .array(() => {
        from.string();
        return from.array(() => {
          const [partition, bytes] = [from.int32(), from.bytes()];
          const { code, gone } = this.#add(node, partition, bytes);
          lost ||= gone;
          return { partition, code };
        });
      })
      .flat();
    to.array(answers, ({ partition, code }) => {
      to.string('topic').array([code], () => {
        to.int32(partition).int16(code).int64(0).int64(-1).int64(0);
        to.array([], () => {}).string(undefined);
      });
    });
    to.int32(0);
    return lost;
  }

  #add(node: number, partition: number, bytes: Uint8Array): { code: number; gone: boolean } {
    const leader = this.#leaders[partition];
    if (leader !== node) return { code: ERROR.notLeader, gone: false };
    const fault = this.fault();
    if (fault !== 'none') this.#broken++;
    if (bytes.length > this.mostBytes) return { code: ERROR.messageTooLarge, gone: false };
    switch (fault) {
      case 'lost':
        return { code: ERROR.none, gone: true };
      case 'not leader':
        return { code: ERROR.notLeader, gone: false };
      case 'leader moves':
        this.#leaders[partition] = (leader + 1) % NODES;
        return { code: ERROR.notLeader, gone: false };
      case 'sequence forgotten':
        if (!this.#has(partition, bytes)) return { code: ERROR.outOfOrderSequence, gone: false };
    }
    const code = this.#append(partition, bytes);
    if (fault === 'restarted') this.#restarting.add(node);
    const late = fault === 'added by too few' && code === ERROR.none;
    return {
      code: late ? ERROR.notEnoughReplicasAfterAppend : code,
      gone: fault === 'added and lost' || fault === 'restarted',
    };
  }

  #has(partition: number, bytes: Uint8Array): boolean {
    const { epoch, first, last } = numbersOf(bytes);
    return [...(this.#sequences[partition]?.values() ?? [])].some(
      (sequence) => sequence.epoch === epoch && sequence.known.includes(`${first}-${last}`),
    );
  }

  /** As org.apache.kafka.storage.internals.log.ProducerAppendInfo checks. */
  #append(partition: number, bytes: Uint8Array): number {
    const [batch] = recordBatches(bytes);
    if (batch === undefined || 'problem' in batch) return ERROR.corruptMessage;
    const { epoch, first, last } = numbersOf(bytes);
    const sequences = this.#sequences[partition];
    const before = sequences?.get(batch.producerId);
    if (before !== undefined) {
      if (epoch < before.epoch) return ERROR.invalidProducerEpoch;
      if (epoch === before.epoch && before.known.includes(`${first}-${last}`)) return ERROR.none;
      if (first !== (epoch === before.epoch ? before.last + 1 : 0)) return ERROR.outOfOrderSequence;
    }
    const known = before?.epoch === epoch ? before.known.slice(1 - KNOWN) : [];
    sequences?.set(batch.producerId, { epoch, last, known: [...known, `${first}-${last}`] });
    for (const { value } of slowRecords(batch.records, batch.baseTime)) this.logs[partition]?.push(value ?? '');
    return ERROR.none;
  }
}

/** A batch's epoch and the sequence numbers of its records. */
function numbersOf(bytes: Uint8Array): { epoch: number; first: number; last: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const first = view.getInt32(53);
  return { epoch: view.getInt16(51), first, last: first + view.getInt32(57) - 1 };
}

/** Answers in order, a while later; when it breaks, none of what is in flight is answered. */
class ModelConnection implements Connection {
  readonly address: string;
  #generation = 0;
  #served = -1;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly cluster: ModelCluster,
    readonly node: number,
  ) {
    this.address = `model:${node}`;
  }

  get made(): number {
    return this.#generation + 1;
  }

  async send<T>(call: Call<T>): Promise<T> {
    const generation = this.#generation;
    const done = this.#last.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      // What was sent before the connection broke may arrive all the same.
      const isNew = generation > this.#served;
      this.#served = Math.max(this.#served, generation);
      const { answer, lost } = this.cluster.answer(this.node, call, isNew);
      if (lost) this.#generation++;
      return answer;
    });
    this.#last = done;
    const answer = await done;
    if (generation !== this.#generation) throw new ConnectionError(this.address, 'lost', 'the connection was cut');
    return call.decode(new WireReader(answer));
  }

  async close(): Promise<void> {}
}
