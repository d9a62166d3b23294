import { UsageError } from '../../records/errors.js';
import type { Reporter } from '../reporter.js';
import { checkOutputs, checkPlans } from './check-plans.js';
import { type FileMonitor, readMonitorFile } from './monitor-file.js';

/**
 * Reads and checks a file of monitors; all that is wrong is told, with line and column.
 * @throws UsageError where something is
 */
export async function openMonitorFile(path: string, reporter: Reporter): Promise<readonly FileMonitor[]> {
  const { monitors, problems } = await readMonitorFile(path, reporter.warn);
  const all = [...problems, ...(await checkPlans(monitors)), ...checkOutputs(monitors)];
  if (all.length === 0) return monitors;
  all.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  for (const { place, message, next } of all) {
    const described = { message: `${path}:${place.line}:${place.column}: ${message}` };
    reporter.error(next === undefined ? described : { ...described, next });
  }
  throw new UsageError(`${path} has ${all.length === 1 ? 'a mistake' : `${all.length} mistakes`}`);
}
