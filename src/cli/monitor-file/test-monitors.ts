import type { Operator } from '../../operators/operator.js';
import type { Work } from '../../pipeline/open-pipeline.js';
import type { StopSignal } from '../../pipeline/stop-signal.js';
import { UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import { Breached, type Monitor, type MonitorFlags, runMonitor } from '../monitor-run.js';
import type { Reporter } from '../reporter.js';
import type { FileMonitor } from './monitor-file.js';
import { unknownName } from './problem.js';

/**
 * Replays records through monitors, one after the other: their breaches are written to standard output as JSON lines,
 * and nothing is acted on.
 * @param inputs `NAME=URI`, or a URI where the monitors have one input
 * @throws UsageError where an input is unknown, or has no records to be replayed
 */
export async function testMonitors(
  monitors: readonly FileMonitor[],
  inputs: readonly string[],
  reporter: Reporter,
  stop: StopSignal,
): Promise<void> {
  const names = [...new Set(monitors.map(({ input }) => input))];
  const replays = replaysOf(inputs, names);
  const once = [...replays.values()].flat().includes('-');
  if (once && monitors.length > 1) {
    throw new UsageError(
      '--input -: several monitors read it one after the other, and it is there once',
      'Keep the records in a file.',
    );
  }
  for (const { monitor, input } of monitors) {
    try {
      await runMonitor(replayed(monitor, replays.get(input) ?? []), reporter, stop);
      reporter.say(`${monitor.name}: no alert`);
    } catch (error) {
      if (!(error instanceof Breached)) throw error;
      reporter.say(`${monitor.name}: ${error.breaches === 1 ? 'an alert' : `${error.breaches} alerts`}`);
    }
  }
}

function replaysOf(inputs: readonly string[], names: readonly string[]): Map<string, string[]> {
  const replays = new Map<string, string[]>();
  for (const word of inputs) {
    const [, named, rest] = /^([^=/:]+)=(.+)$/s.exec(word) ?? [];
    const [only, ...others] = names;
    const name = named ?? (others.length === 0 ? only : undefined);
    if (name === undefined) {
      throw new UsageError(
        `--input ${masked(word)} names no input`,
        `For example: --input ${names[0]}=${masked(word)}.`,
      );
    }
    if (!names.includes(name)) {
      const { message, next } = unknownName({ line: 1, column: 1 }, 'input', name, names);
      throw new UsageError(`--input ${masked(word)}: ${message}`, next);
    }
    replays.set(name, [...(replays.get(name) ?? []), rest ?? word]);
  }
  const missing = names.find((name) => !replays.has(name));
  if (missing === undefined) return replays;
  throw new UsageError(`input ${missing} has no records`, `Give some to be replayed: --input ${missing}=FILE.`);
}

/** The monitor over records of a file, without anything that would come of it: rows, dead letters, positions, actions. */
function replayed({ report, ...monitor }: Monitor, from: readonly string[]): Monitor {
  const { exec, webhook, target, dead, group, offset, reset, 'from-format': format, ...kept } = monitor.flags;
  const flags: MonitorFlags = { ...kept, from: [...from], to: [], kill: false, pass: false };
  const plan: Monitor['plan'] = async (context, ends): Promise<Work & { readonly operator: Operator }> => {
    const work = await monitor.plan(context, ends);
    const { BreachLines } = await import('../../pipeline/breach-lines.js');
    return { ...work, sinks: [await BreachLines.open(work.operator.output)], readsAll: true };
  };
  return { ...monitor, flags, plan };
}
