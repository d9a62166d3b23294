import { copies } from './kafka/copies.mjs';
import { latency } from './kafka/latency.mjs';
import { produce } from './kafka/produce.mjs';
import { compressedTopics, rollupEvery } from './kafka/rollup.mjs';
import { mysqlRows } from './mysql.mjs';

/**
 * What is measured over servers, in the order in which it is run and told. A part's run(stage) gives its Markdown, or
 * one line where only answers count.
 */
export const PARTS = [
  rollupEvery(10, 1),
  // At a second, half of what is to be reached at ten.
  rollupEvery(1, 2),
  compressedTopics,
  produce,
  mysqlRows,
  latency,
  copies,
];
