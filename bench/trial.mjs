import { mkdirSync, rmSync } from 'node:fs';
import { demandEqual, readAnswer } from './answers.mjs';
import { DATA } from './data-sets.mjs';
import { measureProgram, runProgram } from './run-program.mjs';

/**
 * One set from one source: every program is run once and the answers compared; then, unless only answers count, round
 * after round in alternation.
 *
 * @param {{ program, path: string, alone?: boolean }[]} entries freshet's first; `alone`: its answer is of other data
 * @returns {{ answer, runs: Map<string, { wall: number, cpu: number, peak: number }[]> }} by the programs' ids
 */
export async function runTrial({ set, source, entries, rounds, short, say }) {
  mkdirSync(`${DATA}answers`, { recursive: true });
  const runs = new Map();
  let answer;
  for (const entry of entries) {
    const { program, alone } = entry;
    say(`${set.id} from a ${source}: ${program.name}`);
    const { usage, output } = runOnce(entry, set, source, !short);
    if (program.once && !short) runs.set(program.id, [usage]);
    if (program.givesNoAnswer || alone) continue;
    const given = await readAnswer(output);
    if (answer === undefined) answer = { ...given, name: program.name };
    else await demandEqual(answer, given, [answer.name, program.name]);
  }
  for (let round = 1; round <= rounds && !short; round++) {
    say(`${set.id} from a ${source}: round ${round} of ${rounds}`);
    for (const entry of entries) {
      const { id, once } = entry.program;
      if (once) continue;
      runs.set(id, [...(runs.get(id) ?? []), runOnce(entry, set, source, true).usage]);
    }
  }
  rmSync(`${DATA}answers`, { recursive: true });
  return { answer, runs };
}

function runOnce({ program, path }, { id, format }, source, measured) {
  const piped = source === 'pipe' ? path : undefined;
  const command = program.command(format, piped === undefined ? path : '-');
  const output = `${DATA}answers/${id}-${source}-${program.id}.ndjson`;
  if (measured) return { output, usage: measureProgram(command, { output, piped }) };
  runProgram(command, { output, piped });
  return { output };
}

/** The median of each figure by itself. */
export function mediansOf(runs) {
  const medians = (usages) =>
    Object.fromEntries(Object.keys(usages[0]).map((key) => [key, median(usages.map((usage) => usage[key]))]));
  return new Map([...runs].map(([id, usages]) => [id, medians(usages)]));
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
