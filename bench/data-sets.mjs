import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CPU, noMoreThan, PEAK, perState, ratio, told, WALL } from './goals.mjs';
import { writeAvro } from './make/avro.mjs';
import { ByteFile } from './make/byte-file.mjs';
import { writeCsv } from './make/csv.mjs';
import { writeNdjson } from './make/ndjson.mjs';
import { writeShuffled } from './make/shuffled.mjs';
import {
  avsc,
  duckdb1,
  duckdb2,
  freshet2,
  freshetVersion,
  miller,
  nodeLines,
  nodeNothing,
  nodeReads,
  wc,
} from './programs.mjs';

/** Part of the files' names: another number when what the writers write changes, so that no old file is reused. */
const EDITION = 1;
const SEED = 7;
const FEW = 1000;
const MANY = 1_000_000;

const memory = noMoreThan(PEAK, 120 * 1024 * 1024);

/**
 * What is measured: its data, freshet's peers on it, and what freshet is to reach. `memoryBase` names the set whose
 * peak is taken off before the memory of a state is told.
 */
export const DATA_SETS = [
  {
    id: 'ndjson',
    title: 'NDJSON, 1000 channels',
    format: 'ndjson',
    channels: FEW,
    write: writeNdjson,
    peers: [freshet2, duckdb1, duckdb2, nodeLines, miller, nodeReads, wc],
    goals: {
      file: [
        ratio(CPU, duckdb1, 0.45),
        ratio(WALL, duckdb2, 0.6),
        ratio(WALL, duckdb2, 0.6, freshet2),
        told(CPU, duckdb2, freshet2),
        memory,
      ],
      pipe: [ratio(CPU, duckdb1, 0.4), ratio(WALL, duckdb2, 0.4), told(WALL, duckdb2, nodeReads), memory],
    },
  },
  {
    id: 'channels',
    title: 'NDJSON, 1,000,000 channels',
    format: 'ndjson',
    channels: MANY,
    write: writeNdjson,
    peers: [duckdb1, duckdb2, wc],
    memoryBase: 'ndjson',
    goals: { file: [perState(64)], pipe: [perState(64)] },
  },
  {
    id: 'shuffled',
    title: 'NDJSON, keys shuffled, nested fields, escapes',
    format: 'ndjson',
    channels: FEW,
    write: writeShuffled,
    peers: [duckdb1, duckdb2, nodeLines, wc],
    goals: { file: [ratio(CPU, duckdb1, 1), memory], pipe: [ratio(CPU, duckdb1, 1), memory] },
  },
  {
    id: 'csv',
    title: 'CSV, 1000 channels',
    format: 'csv',
    channels: FEW,
    write: writeCsv,
    peers: [duckdb1, duckdb2, nodeLines, wc],
    goals: { file: [ratio(CPU, duckdb1, 1), memory], pipe: [ratio(CPU, duckdb1, 1), memory] },
  },
  {
    id: 'avro',
    title: 'Avro, 1000 channels',
    format: 'avro',
    channels: FEW,
    write: writeAvro,
    peers: [avsc],
    goals: {
      file: [ratio(CPU, avsc, 1 / 3), ratio(WALL, avsc, 1 / 3), memory],
      pipe: [ratio(CPU, avsc, 1 / 3), ratio(WALL, avsc, 1 / 3), memory],
    },
  },
  {
    id: 'start',
    title: 'Starting: an empty input',
    format: 'ndjson',
    channels: 0,
    write: () => {},
    peers: [freshetVersion, nodeNothing, duckdb1],
    goals: {
      file: [
        ratio(CPU, nodeNothing, 3),
        ratio(WALL, nodeNothing, 3),
        ratio(CPU, nodeNothing, 2.5, freshetVersion),
        ratio(WALL, nodeNothing, 2.5, freshetVersion),
      ],
    },
  },
];

export const DATA = fileURLToPath(new URL('data/', import.meta.url));

/** The set's file, made where it is missing. It has its name only when it is whole. */
export function fileOf({ id, format, channels, write }, records, say) {
  mkdirSync(DATA, { recursive: true });
  const path = `${DATA}${id}-${records}-${EDITION}.${format}`;
  if (!existsSync(path)) {
    say(`Making ${path} …`);
    const file = new ByteFile(path);
    write(file, { records, channels, seed: SEED });
    file.close();
  }
  return path;
}
