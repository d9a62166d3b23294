import { ndjsonCodec } from '../../../src/codecs/ndjson/ndjson-codec.js';
import { encodeProduced } from '../../../src/endpoints/produce/encode-produced.js';
import { PairSimulation } from '../../../src/endpoints/produce/pair-simulation.js';
import { SensorSimulation } from '../../../src/endpoints/produce/sensor-simulation.js';
import { SimulatedSource, type SimulatedSourceOptions } from '../../../src/endpoints/produce/simulated-source.js';
import type { Simulation } from '../../../src/endpoints/produce/simulation.js';
import { YtSimulation } from '../../../src/endpoints/produce/yt-simulation.js';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import type { Reject } from '../../../src/records/batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';

/** A new story of each kind, by its name. */
export const STORIES: Readonly<Record<'yt' | 'sensors' | 'pairs', (seed?: number) => Simulation>> = {
  yt: (seed = 1) => new YtSimulation(loadSchema('yt'), { seed }),
  sensors: (seed = 1) => new SensorSimulation(loadSchema('sensor'), { seed }),
  pairs: (seed = 1) => new PairSimulation(loadSchema('pair'), { seed }),
};

/** Everything that a finite, unpaced source sends, as NDJSON. */
export function bytesOf(simulation: Simulation, options: SimulatedSourceOptions): Buffer {
  const source = new SimulatedSource('produce', simulation, options);
  const encoder = ndjsonCodec.encoder({ schema: simulation.schema });
  const parts: Uint8Array[] = [];
  for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
    if (batch === 'wait') throw new Error('an unpaced source does not wait');
    parts.push(encodeProduced(batch, batch.rejects ?? [], encoder));
  }
  return Buffer.concat(parts);
}

export function linesOf(simulation: Simulation, options: SimulatedSourceOptions): string[] {
  return bytesOf(simulation, options).toString('utf8').split('\n').slice(0, -1);
}

export function recordsOf(simulation: Simulation, options: SimulatedSourceOptions): Row[] {
  return linesOf(simulation, options).map((line) => JSON.parse(line));
}

/** What the decoder makes of NDJSON: the rows that fit, and those that don't. */
export function decoded(simulation: Simulation, bytes: Uint8Array): { rows: Row[]; rejects: Reject[] } {
  const { schema } = simulation;
  const projection = { paths: schema.fields.map(({ name }) => name), records: false };
  const decoder = ndjsonCodec.decoder({ schema, projection, zone: UTC, source: '-', partition: 0 });
  decoder.space(bytes.length).set(bytes);
  decoder.filled(bytes.length);
  decoder.end();
  const rows: Row[] = [];
  const rejects: Reject[] = [];
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
    rows.push(...rowsOf(batch));
    rejects.push(...(batch.rejects ?? []));
  }
  return { rows, rejects };
}
