import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ISO_DATE, ISO_SECONDS, isWallForm, numberForm } from '../../../src/records/time/form.js';
import { formatIso, formatTime, MAX_TIME_BYTES, writeTime } from '../../../src/records/time/format-time.js';
import { parseTimeNumber, parseTimeText } from '../../../src/records/time/parse-time.js';
import { toInstants } from '../../../src/records/time/wall-times.js';
import { UTC, zoneOf } from '../../../src/records/time/zone.js';
import { ODD_ZONES } from './slow-clock.js';
import { anyTimeText, textsAroundChanges } from './written-times.js';

const at = (text: string): number => Date.parse(text);

/** Reads a text as decoders do, and writes it as encoders do. */
function thereAndBack(text: string, zoneName: string): unknown {
  const zone = zoneOf(zoneName);
  const time = parseTimeText(text);
  if (time === undefined) throw new Error(`${text} was not read`);
  const millis = Float64Array.of(time.millis);
  const forms = toInstants(zone, millis, undefined, time.form, 1);
  return formatTime(millis[0], forms?.[0] ?? time.form, zone);
}

describe('a time is written as the text that it came as', () => {
  it.each([
    ['2017-03-12T02:30:00', 'America/New_York'],
    ['2017-10-15', 'America/Sao_Paulo'],
    ['2011-12-30T12:00', 'Pacific/Apia'],
    ['2017-10-01 02:15:00.000001', 'Australia/Lord_Howe'],
    ['2017-11-05T01:30:00', 'America/New_York'],
    ['2017-08-02T02:00:00.123456789', 'Asia/Kathmandu'],
    ['2017-08-02T02:00:00-00:00', 'Asia/Kathmandu'],
    ['2017-08-02T02:00:00+0545', 'America/New_York'],
    ['2017-08-02T02:00:00.100-03', 'UTC'],
    ['0001-01-01T00:00:00+23:59', 'UTC'],
    ['9999-12-31T23:59:59.999-23:59', 'UTC'],
    // From this millisecond on doubles are half as fine.
    ['2109-05-15T07:35:11.104999', 'America/New_York'],
    ['2109-05-15T03:35:11.103999-04:00', 'UTC'],
  ])('%s in %s', (text, zone) => {
    expect(thereAndBack(text, zone)).toBe(text);
  });

  it('whatever the text and the zone', () => {
    fc.assert(
      fc.property(anyTimeText, fc.constantFrom('UTC', ...ODD_ZONES), (text, zone) => {
        expect(thereAndBack(text, zone)).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it('where the clock skips or repeats it', () => {
    fc.assert(
      fc.property(textsAroundChanges, fc.constantFrom('', '.5', '.123456789'), ([zone, text], fraction) => {
        expect(thereAndBack(text + fraction, zone)).toBe(text + fraction);
      }),
      { numRuns: 1000 },
    );
  });

  it('or as the number', () => {
    const time = parseTimeNumber(1_501_639_200_123_456_789n, 'ns');
    expect(time && formatTime(time.millis, time.form, UTC)).toBe(1_501_639_200_123_456_789n);
    expect(formatTime(at('2017-08-02T02:00:00Z'), numberForm('s'), zoneOf('Asia/Kathmandu'))).toBe(1_501_639_200);
  });
});

describe('formatIso', () => {
  it.each([
    ['2017-08-02T02:00:00Z', 'UTC', '2017-08-02T02:00:00Z'],
    ['2017-08-02T02:00:00Z', 'Europe/Berlin', '2017-08-02T04:00:00+02:00'],
    ['2017-08-02T02:00:00Z', 'America/St_Johns', '2017-08-01T23:30:00-02:30'],
    ['2017-08-02T02:00:00.250Z', 'UTC', '2017-08-02T02:00:00.250Z'],
    ['1969-12-31T23:59:59.999Z', 'Europe/Berlin', '1970-01-01T00:59:59.999+01:00'],
    ['2017-11-05T05:30:00Z', 'America/New_York', '2017-11-05T01:30:00-04:00'],
    ['2017-11-05T06:30:00Z', 'America/New_York', '2017-11-05T01:30:00-05:00'],
    ['1850-01-01T00:00:00Z', 'America/New_York', '1850-01-01T00:00:00Z'],
    ['+010000-01-01T00:00:00Z', 'UTC', '+010000-01-01T00:00:00Z'],
    ['0000-12-31T23:00:00Z', 'UTC', '0000-12-31T23:00:00Z'],
  ])('of %s in %s is %s', (instant, zone, text) => {
    expect(formatIso(at(instant), zoneOf(zone))).toBe(text);
  });

  it('is read back as the same instant', () => {
    const anyInstant = fc.integer({ min: at('0001-01-02T00:00:00Z'), max: at('9999-12-30T00:00:00Z') });
    fc.assert(
      fc.property(anyInstant, fc.constantFrom('UTC', ...ODD_ZONES), (instant, zone) => {
        const time = parseTimeText(formatIso(instant, zoneOf(zone)));
        expect(time?.millis).toBe(instant);
        expect(time && isWallForm(time.form)).toBe(false);
      }),
    );
  });
});

describe('writeTime', () => {
  it('writes what formatTime gives where it is told, and nothing else', () => {
    const anyTime = fc.oneof(
      anyTimeText.map((text) => parseTimeText(text)),
      fc.maxSafeInteger().map((value) => parseTimeNumber(value, 'us')),
    );
    fc.assert(
      fc.property(anyTime, fc.constantFrom('UTC', ...ODD_ZONES), fc.nat(5), (time, name, from) => {
        if (time === undefined) return;
        const zone = zoneOf(name);
        const target = new Uint8Array(from + MAX_TIME_BYTES).fill(0x2a);
        const end = writeTime(target, from, time.millis, time.form, zone);
        const text = String(formatTime(time.millis, time.form, zone));
        expect(Buffer.from(target).toString('latin1')).toBe('*'.repeat(from) + text.padEnd(target.length - from, '*'));
        expect(end).toBe(from + text.length);
      }),
    );
  });

  it('remembers dates of different centuries apart', () => {
    const days = [0, 256, -256, 0, 1 << 20, 256, 2_932_897, 2_932_896].map((day) => day * 86_400_000);
    for (const millis of days) {
      expect(formatTime(millis, ISO_DATE, UTC)).toBe(new Date(millis).toISOString().replace(/T.*/, ''));
      expect(formatTime(millis, ISO_SECONDS, UTC)).toBe(new Date(millis).toISOString().slice(0, -5));
    }
  });
});
