import { DATA_SETS, fileOf } from '../data-sets.mjs';
import { startBroker } from './broker.mjs';
import { freshName, loadTopic } from './topics.mjs';
import { modelOf } from './trial.mjs';

/** What the parts over Kafka share, made when the first of them asks: the records, a broker, topics of the records. */
export class Stage {
  /** Of the command line: { records, rounds, short, peers, say }. */
  options;
  #broker;
  #model;
  #topics = new Map();

  constructor(options) {
    this.options = options;
  }

  /** The records, as a file of JSON lines. */
  get path() {
    const set = DATA_SETS.find(({ id }) => id === 'ndjson');
    return fileOf(set, this.options.records, this.options.say);
  }

  async broker() {
    this.#broker ??= await startBroker(this.options.say);
    return this.#broker;
  }

  /** What has to come out of the records. */
  async model() {
    this.#model ??= await modelOf(this.path);
    return this.#model;
  }

  /** A topic with the records in four partitions, in random order of time. @returns its name */
  async topic(compression) {
    const made = this.#topics.get(compression);
    if (made !== undefined) return made;
    const topic = freshName(`records-${compression}`);
    const { records, say } = this.options;
    say(`kafka: loading ${records} records, compression ${compression}`);
    await loadTopic(await this.broker(), topic, { path: this.path, records, compression });
    this.#topics.set(compression, topic);
    return topic;
  }

  async close() {
    await this.#broker?.stop();
  }
}
