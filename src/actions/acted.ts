import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeOf } from '../endpoints/system-error.js';
import { isAlive, ownIdentity, type ProcessIdentity } from '../jobs/process-table.js';
import { makePrivateFolder } from '../jobs/state-folder.js';
import type { Alert } from './action.js';

/** What is kept at most, the newest; about as many megabytes as thousands. */
const MOST = 10_000;
/** A file is written within this, and has its name then. */
const LEFT_OVER_MS = 3_600_000;

/** What one action did about one breach. Times are epoch milliseconds. */
interface Deed {
  readonly action: string;
  readonly alert: string;
  readonly group?: string;
  readonly at: number;
  /** It may be forgotten then: the breach is too old to be acted on, and the cooldown is over. */
  readonly keepUntil: number;
  readonly done: boolean;
  /** It was not done, for the cooldown: nor is it later. */
  readonly skipped?: true;
  /** Who is at it, or was. */
  readonly by: ProcessIdentity;
}

export interface ActedOptions {
  readonly stateFolder: string;
  readonly monitor: string;
  readonly cooldown: number;
  readonly actWithin: number;
  readonly now: () => number;
}

/** Whether an action may follow: what has been begun is to be finished or given up. */
export type Claim = { readonly finish: () => void; readonly giveUp: () => void } | { readonly refused: Refusal };

export type Refusal =
  | { readonly why: 'done' }
  | { readonly why: 'held' }
  | { readonly why: 'cooldown'; readonly since: number };

/**
 * The breaches that a monitor's actions have followed, a file each, so that several runs of one monitor may write at the
 * same time, and a kill -9 leaves nothing half. What was begun by a run that is gone is begun again: an action follows at
 * least once, and twice only where a run was killed in the midst of it.
 */
export class Acted {
  readonly #folder: string;
  readonly #options: ActedOptions;
  /** By the names of their files. */
  readonly #done = new Map<string, Deed>();
  #forgetAt = 0;

  /** @throws ServiceError where the folder can't be made */
  constructor(options: ActedOptions) {
    const { stateFolder, monitor } = options;
    // A monitor may be called anything.
    const plain = monitor.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 60);
    this.#folder = join(stateFolder, 'acted', `${plain}-${hash(monitor)}`);
    this.#options = options;
    makePrivateFolder(this.#folder);
    this.#forget();
  }

  /** @throws a system error where it can't be written down */
  claim(action: string, alert: Alert): Claim {
    const { cooldown, actWithin, now } = this.#options;
    const file = join(this.#folder, `${hash(`${action}\n${alert.id}`)}.json`);
    const mine = ownIdentity();
    const before = this.#all().filter((deed) => deed.action === action);
    const same = before.find((deed) => deed.alert === alert.id);
    if (same?.done) return { refused: { why: 'done' } };
    if (same !== undefined && isAlive(same.by)) return { refused: { why: 'held' } };
    const last = before
      .filter((deed) => deed.alert !== alert.id && deed.group === alert.group && deed.skipped === undefined)
      .filter((deed) => deed.done || isAlive(deed.by))
      .reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY);
    const at = now();
    const keepUntil = Math.max(alert.end + actWithin, at + cooldown);
    const group = alert.group === undefined ? {} : { group: alert.group };
    const deed: Deed = { action, alert: alert.id, ...group, at, keepUntil, done: false, by: mine };
    if (at - last < cooldown) {
      this.#replace(file, { ...deed, keepUntil: alert.end + actWithin, done: true, skipped: true });
      return { refused: { why: 'cooldown', since: last } };
    }
    if (!this.#begin(file, deed, same)) return { refused: { why: 'held' } };
    return {
      finish: () =>
        this.#replace(file, { ...deed, at: now(), keepUntil: Math.max(keepUntil, now() + cooldown), done: true }),
      giveUp: () => rmSync(file, { force: true }),
    };
  }

  /** @param left by a run that is gone @returns false where another run was first */
  #begin(file: string, deed: Deed, left: Deed | undefined): boolean {
    const fresh = this.#write(deed);
    try {
      return left === undefined ? linked(fresh, file) : this.#takeOver(file, fresh, left.by);
    } finally {
      rmSync(fresh, { force: true });
    }
  }

  /**
   * Each of several runs may have seen that another one is gone. Who makes the file that is named for that one takes its
   * place, which only one can do; one that was killed as it did so is followed in the same way.
   */
  #takeOver(file: string, fresh: string, gone: ProcessIdentity): boolean {
    const made: string[] = [];
    for (let before = gone; ; ) {
      const name = join(this.#folder, `.${basename(file)}.by-${before.pid}-${hash(before.started)}`);
      made.push(name);
      if (linked(fresh, name)) break;
      const by = read(name)?.by;
      if (by === undefined || isAlive(by)) return false;
      before = by;
    }
    try {
      // Since it was looked at it may have been taken over, and even finished.
      const now = read(file);
      if (now === undefined || now.done || !isSame(now.by, gone)) return false;
      renameSync(fresh, file);
      return true;
    } finally {
      for (const name of made) rmSync(name, { force: true });
    }
  }

  #replace(file: string, deed: Deed): void {
    renameSync(this.#write(deed), file);
  }

  #write(deed: Deed): string {
    const fresh = join(this.#folder, `.${randomUUID()}`);
    try {
      writeFileSync(fresh, `${JSON.stringify(deed)}\n`, { mode: 0o600 });
      return fresh;
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }

  /** What is done does not change any more, and is read once. */
  #all(): Deed[] {
    const names = this.#files();
    const deeds = names.flatMap((name): Deed[] => {
      const deed = this.#done.get(name) ?? read(join(this.#folder, name));
      if (deed?.done) this.#done.set(name, deed);
      return deed === undefined ? [] : [deed];
    });
    if (names.length > this.#forgetAt) this.#forget();
    return deeds;
  }

  #files(): string[] {
    return readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
  }

  /** Removes what is over, when there is twice as much as was left the last time. */
  #forget(): void {
    const now = this.#options.now();
    const all = this.#files()
      .map((name) => ({ name, keepUntil: read(join(this.#folder, name))?.keepUntil ?? 0 }))
      .sort((a, b) => b.keepUntil - a.keepUntil);
    const over = all.filter(({ keepUntil }, at) => keepUntil < now || at >= MOST);
    for (const { name } of over) {
      rmSync(join(this.#folder, name), { force: true });
      this.#done.delete(name);
    }
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      if (name.startsWith('.') && isLeftOver(file)) rmSync(file, { force: true });
    }
    this.#forgetAt = Math.min(MOST, Math.max(1000, 2 * (all.length - over.length)));
  }
}

/** @returns false where there is one of that name */
function linked(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.started === b.started;
}

/** Of a run that was killed as it wrote it. */
function isLeftOver(file: string): boolean {
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && Date.now() - changed > LEFT_OVER_MS;
}

/** Undefined where it is gone, or is none. */
function read(file: string): Deed | undefined {
  try {
    const deed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isDeed(deed) ? deed : undefined;
  } catch {
    return undefined;
  }
}

function isDeed(value: unknown): value is Deed {
  if (typeof value !== 'object' || value === null) return false;
  const deed: Partial<Record<keyof Deed, unknown>> = value;
  return (
    typeof deed.action === 'string' &&
    typeof deed.alert === 'string' &&
    (deed.group === undefined || typeof deed.group === 'string') &&
    typeof deed.at === 'number' &&
    typeof deed.keepUntil === 'number' &&
    typeof deed.done === 'boolean' &&
    typeof deed.by === 'object' &&
    deed.by !== null &&
    'pid' in deed.by &&
    'started' in deed.by
  );
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
