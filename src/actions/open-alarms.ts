import type { Alarms } from './action.js';

/** What follows a breach. */
export interface AlarmOptions {
  /** What is to be stopped: `job:NAME`, `pid:N`, `http://orchestrator#NAME`. */
  readonly kill?: { readonly targets: readonly string[]; readonly grace: number };
  /** Commands and URLs that get the alert. */
  readonly exec?: readonly string[];
  readonly webhook?: readonly string[];
  /** Milliseconds between two breaches that are acted on. */
  readonly cooldown: number;
  /** Milliseconds after its window's end in which a breach is acted on. */
  readonly actWithin: number;
  /** Tells what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** The monitor's name. */
  readonly monitor: string;
  readonly tell: (sentence: string) => void;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
}

/** Opens what follows breaches. @throws UsageError for a target that is none */
export async function openAlarms(options: AlarmOptions): Promise<Alarms> {
  const { kill, exec = [], webhook = [], tell } = options;
  const named = [...(kill?.targets ?? []).map((target) => `kill ${target}`), ...exec, ...webhook];
  return {
    raise: () => {
      for (const name of named) tell(`${name}: this version only tells`);
    },
    settle: async () => {},
  };
}
