import { within } from '../endpoints/within.js';
import { stateFolder as ownStateFolder } from '../jobs/state-folder.js';
import { formatDuration } from '../records/time/duration.js';
import { Acted } from './acted.js';
import type { Action, Alarms, Alert } from './action.js';
import { Lane } from './lane.js';
import { RecentDeeds } from './recent-deeds.js';
import { Tally } from './tally.js';

export interface AlarmOptions {
  /** Targets as `--target` names them; grace in milliseconds between TERM and KILL. */
  readonly kill?: { readonly targets: readonly string[]; readonly grace: number };
  /** Commands for sh. */
  readonly exec?: readonly string[];
  /** URLs. */
  readonly webhook?: readonly string[];
  /** Milliseconds for which an action does not follow again for the same group of the monitor. */
  readonly cooldown: number;
  /** Milliseconds after a window's end within which an action follows. */
  readonly actWithin: number;
  /** Does nothing, and says what it would have done. */
  readonly dryRun: boolean;
  /** What it has done is remembered by this: monitors of one name are taken for copies that watch the same. */
  readonly monitor: string;
  readonly tell: (sentence: string) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly stateFolder?: string;
}

/** After a run its actions have so long to end by themselves, besides the grace of what they stop. */
const SETTLE_MS = 60_000;
/** And so long to hear that no time is left. */
const ABORT_MS = 10_000;

/**
 * Makes ready what breaches set off.
 * @throws UsageError for targets, URLs and secrets that are none, ServiceError where the memory can't be kept
 */
export async function openAlarms(options: AlarmOptions): Promise<Alarms> {
  const { stateFolder = ownStateFolder(), now = Date.now, ...others } = options;
  const all = { ...others, stateFolder, now };
  const actions = await actionsOf(all);
  const memory = options.dryRun || actions.length === 0 ? new RecentDeeds(all) : new Acted(all);
  return new ActingAlarms(actions, memory, all);
}

/** Each loaded only where it is asked for. */
async function actionsOf(options: AlarmOptions & { readonly stateFolder: string }): Promise<readonly Action[]> {
  const { kill, exec = [], webhook = [], stateFolder, tell } = options;
  const actions: Action[] = [];
  if (kill !== undefined) {
    const { killTarget } = await import('./kill-target.js');
    const { FRESHET_TOKEN: token } = process.env;
    for (const target of kill.targets) {
      actions.push(
        await killTarget(target, { grace: kill.grace, stateFolder, token: token === '' ? undefined : token }),
      );
    }
  }
  if (exec.length > 0) {
    const { Exec } = await import('./exec.js');
    actions.push(...exec.map((command) => new Exec(command, { tell })));
  }
  if (webhook.length > 0) {
    const [{ Webhook }, { parseSecret }] = await Promise.all([
      import('./webhook.js'),
      import('./webhook-signature.js'),
    ]);
    const { FRESHET_WEBHOOK_SECRET: text = '' } = process.env;
    const secret = text === '' ? undefined : parseSecret(text, 'FRESHET_WEBHOOK_SECRET');
    actions.push(...webhook.map((url) => new Webhook(url, { secret })));
  }
  return actions;
}

class ActingAlarms implements Alarms {
  readonly #lanes: readonly Lane[];
  readonly #tally: Tally;
  readonly #options: AlarmOptions & { readonly now: () => number };
  readonly #abort = new AbortController();
  /** When each breach that was taken ended: none is taken twice. */
  readonly #taken = new Map<string, number>();

  constructor(
    actions: readonly Action[],
    memory: Pick<Acted, 'claim'>,
    options: AlarmOptions & { readonly now: () => number },
  ) {
    const { dryRun, tell, now } = options;
    this.#options = options;
    this.#tally = new Tally(tell);
    const lane = {
      claim: (action: string, alert: Alert) => memory.claim(action, alert),
      isOld: (alert: Alert) => this.#isOld(alert),
      aborted: this.#abort.signal,
      dryRun,
      tell,
      tally: this.#tally,
      now,
    };
    this.#lanes = actions.map((action) => new Lane(action, lane));
  }

  raise(alert: Alert): void {
    if (this.#lanes.length === 0 || this.#taken.has(alert.id)) return;
    if (this.#isOld(alert)) {
      const within = formatDuration(this.#options.actWithin);
      this.#tally.add(`a breach that ended more than ${within} ago (--act-within) is only reported`);
      return;
    }
    this.#forget();
    this.#taken.set(alert.id, alert.end);
    for (const lane of this.#lanes) lane.offer(alert);
  }

  async settle(): Promise<void> {
    const idle = Promise.all(this.#lanes.map((lane) => lane.idle()));
    const most = SETTLE_MS + (this.#options.kill?.grace ?? 0);
    if (!(await within(idle, most))) {
      this.#abort.abort();
      await within(idle, ABORT_MS);
    }
    this.#tally.close();
  }

  #isOld({ end }: Alert): boolean {
    return this.#options.now() - end >= this.#options.actWithin;
  }

  /** What is too old would not be taken again anyway. */
  #forget(): void {
    const oldest = this.#options.now() - this.#options.actWithin;
    if (this.#taken.size % 1000 !== 999) return;
    for (const [id, end] of this.#taken) if (end <= oldest) this.#taken.delete(id);
  }
}
