const HALF_HOUR = 30 * 60_000;
/** Hours within which an offset from UTC, and a change of one, lie. */
const REACH = 26;

/** The obvious model of a zone: asks Intl what the clock shows, field by field, and tries out what could be. */
export class SlowClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(readonly zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What the clock shows, as milliseconds as if in UTC. */
  wallAt(instant: number): number {
    const second = Math.floor(instant / 1000) * 1000;
    const parts = Object.fromEntries(
      this.#format.formatToParts(second).map(({ type, value }) => [type, Number(value)]),
    );
    const { year, month, day, hour, minute } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, parts.second) + instant - second;
  }

  /** The earliest instant at which the clock shows `wall`; undefined in a gap. */
  shows(wall: number): number | undefined {
    const offsets = new Set(this.#halfHoursAround(wall).map((instant) => this.wallAt(instant) - instant));
    const candidates = [...offsets].map((offset) => wall - offset).sort((a, b) => a - b);
    return candidates.find((instant) => this.wallAt(instant) === wall);
  }

  /** In a gap moved forward by its length, which is what the offset before the gap gives. */
  toInstant(wall: number): number {
    const shown = this.shows(wall);
    if (shown !== undefined) return shown;
    const around = this.#halfHoursAround(wall);
    const skips = around.find(
      (instant) =>
        this.wallAt(instant) <= wall &&
        this.wallAt(instant + HALF_HOUR) > wall &&
        this.wallAt(instant + HALF_HOUR) - this.wallAt(instant) !== HALF_HOUR,
    );
    if (skips === undefined) throw new Error(`the clock of ${this.zone} neither shows nor skips ${wall}`);
    return wall - (this.wallAt(skips) - skips);
  }

  /** The latest time that the clock shows at the half hours before an instant, and a second before it. */
  latestBefore(instant: number): number {
    const before = this.#halfHoursAround(instant).filter((other) => other < instant);
    return Math.max(...[...before, instant - 1000].map((other) => this.wallAt(other)));
  }

  #halfHoursAround(millis: number): number[] {
    return Array.from({ length: 4 * REACH + 1 }, (_, at) => millis + (at - 2 * REACH) * HALF_HOUR);
  }
}

/** Zones with all that a clock can do: half hours, a change of half an hour, gaps at midnight, a day left out. */
export const ODD_ZONES = [
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Europe/Dublin',
  'Africa/Casablanca',
  'America/St_Johns',
  'Africa/Monrovia',
  'America/Toronto',
  'Asia/Manila',
  'America/Scoresbysund',
];

/** Changes of those clocks, as instants: property tests look around them. */
export const CHANGES: readonly (readonly [zone: string, instant: string])[] = [
  ['America/New_York', '2017-03-12T07:00:00Z'],
  ['America/New_York', '2017-11-05T06:00:00Z'],
  ['Australia/Lord_Howe', '2017-04-01T15:00:00Z'],
  ['Australia/Lord_Howe', '2017-09-30T15:30:00Z'],
  ['America/Sao_Paulo', '2017-10-15T03:00:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30:00Z'],
  ['Europe/Dublin', '2017-03-26T01:00:00Z'],
  ['Europe/Dublin', '1916-10-01T02:25:21Z'],
  ['Africa/Casablanca', '2017-05-21T02:00:00Z'],
  ['Africa/Casablanca', '2017-07-02T02:00:00Z'],
  ['America/St_Johns', '2006-04-02T03:31:00Z'],
  ['America/St_Johns', '2006-10-29T02:31:00Z'],
  ['Africa/Monrovia', '1972-01-07T00:44:30Z'],
  ['America/Toronto', '1919-03-31T04:30:00Z'],
];
