/** What one check has found. */
export interface Finding {
  /** The kind of thing: install, kafka, registry, store, disk. */
  readonly what: string;
  /** Which one: an address, a path. */
  readonly where: string;
  /** `absent`: it is not configured, which is nothing wrong. */
  readonly state: 'ok' | 'wrong' | 'absent';
  /** What it is, at which version; or what is wrong. */
  readonly says: string;
  /** What to do next. */
  readonly next?: string;
}

/** Looks at one thing, and gives up when it is told to. */
export interface Check {
  readonly what: string;
  readonly where: string;
  run(): Promise<readonly Finding[]>;
}

/** Nothing that hangs holds the others up. */
const LIMIT_MS = 5000;

/** Runs checks side by side, each for some seconds at most; what they find comes in their order. */
export async function runChecks(checks: readonly Check[], limit = LIMIT_MS): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => limited(check, limit)))).flat();
}

async function limited(check: Check, limit: number): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const { what, where } = check;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const says = `no answer within ${limit / 1000} seconds`;
    timer = setTimeout(
      () => resolve([{ what, where, state: 'wrong', says, next: 'Is it overloaded, or stopped?' }]),
      limit,
    );
  });
  try {
    return await Promise.race([check.run().catch((error: unknown) => [wrong(check, error)]), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error as a finding: a sentence, and what to do next. */
export function wrong({ what, where }: Pick<Finding, 'what' | 'where'>, error: unknown): Finding {
  const says = error instanceof Error ? error.message : String(error);
  const next = error instanceof Error && 'next' in error && typeof error.next === 'string' ? error.next : undefined;
  return { what, where, state: 'wrong', says, ...(next === undefined ? {} : { next }) };
}
