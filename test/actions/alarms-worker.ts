import { openAlarms } from '../../src/actions/open-alarms.js';
import { alertOf } from './alert.js';

/** What a worker is told, as JSON in its first argument: a run of a monitor that has these breaches. */
export interface AlarmsTask {
  readonly stateFolder: string;
  readonly exec: string;
  readonly ids: readonly string[];
}

const { stateFolder, exec, ids }: AlarmsTask = JSON.parse(process.argv[2] ?? '');
const alarms = await openAlarms({
  exec: [exec],
  cooldown: 0,
  actWithin: 300_000,
  dryRun: false,
  monitor: 'ratio',
  tell: () => {},
  stateFolder,
});
for (const id of ids) alarms.raise(alertOf({ id }));
await alarms.settle();
