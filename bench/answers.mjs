import { createReadStream } from 'node:fs';
import { BenchError } from './bench-error.mjs';

/**
 * A program's answer: rows of channel, day, newest time and subs, in any order. Two answers are equal when they have as
 * many rows and the same sums of the rows' two 32-bit hashes: so 5,000,000 rows are compared without being kept.
 */
export async function readAnswer(path) {
  const answer = { path, rows: 0, sums: [0, 0], keyBytes: 0 };
  const keys = new Set();
  for await (const row of rowsOf(path)) {
    answer.rows++;
    SEEDS.forEach((seed, which) => {
      answer.sums[which] = (answer.sums[which] + hash(row, seed)) >>> 0;
    });
    keys.add(row.slice(0, row.indexOf('\0')));
  }
  for (const key of keys) answer.keyBytes += Buffer.byteLength(key);
  return answer;
}

/** @throws BenchError that shows rows of one answer that the other does not have */
export async function demandEqual(one, other, names) {
  if (one.rows === other.rows && one.sums.every((sum, which) => sum === other.sums[which])) return;
  const lines = [`${names[0]} gives ${one.rows} rows and ${names[1]} ${other.rows}, and they are not the same.`];
  for (const [mine, yours, name] of [
    [one, other, names[0]],
    [other, one, names[1]],
  ]) {
    const alone = await rowsMissingIn(yours.path, mine.path);
    for (const row of alone) lines.push(`only ${name}: ${row.replaceAll('\0', ' | ')}`);
  }
  throw new BenchError(`${lines.join('\n')}\nThe answers are in ${one.path} and ${other.path}.`);
}

const SHOWN = 3;
const SEEDS = [0x811c9dc5, 0x1b873593];

/** The first rows of `path` that are not in `reference`, or that stand there less often. */
async function rowsMissingIn(reference, path) {
  const counts = new Map();
  for await (const row of rowsOf(reference)) count(counts, hash(row, SEEDS[0]), 1);
  const missing = [];
  for await (const row of rowsOf(path)) {
    if (count(counts, hash(row, SEEDS[0]), -1) >= 0) continue;
    missing.push(row);
    if (missing.length === SHOWN) break;
  }
  return missing;
}

function count(counts, key, step) {
  const now = (counts.get(key) ?? 0) + step;
  counts.set(key, now);
  return now;
}

/** Each row as one text: its four values with NULs between them. */
async function* rowsOf(path) {
  let rest = '';
  let number = 0;
  for await (const text of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) yield rowOf(line, path, ++number);
  }
  if (rest !== '') yield rowOf(rest, path, ++number);
}

function rowOf(line, path, number) {
  try {
    const { yt_channel_id, date, harvest_ts, subs } = JSON.parse(line);
    return `${yt_channel_id}\0${date}\0${harvest_ts}\0${subs}`;
  } catch (error) {
    throw new BenchError(`${path}:${number} is no row of JSON: ${error.message}`);
  }
}

/** FNV-1a over UTF-16 units, mixed at the end so that sums of it tell rows apart. */
function hash(text, seed) {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
