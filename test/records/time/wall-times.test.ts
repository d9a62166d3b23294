import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ISO_DATE, ISO_SECONDS, isWallForm, numberForm, ZONE_STYLE } from '../../../src/records/time/form.js';
import { toInstants } from '../../../src/records/time/wall-times.js';
import { isInGap, UTC, zoneOf } from '../../../src/records/time/zone.js';
import { CHANGES } from './slow-clock.js';

const NEW_YORK = zoneOf('America/New_York');
const GAP = ZONE_STYLE.gap << 7;
const Z_SECONDS = ISO_SECONDS | (ZONE_STYLE.z << 7);

describe('toInstants', () => {
  it('turns wall-clock times into instants in place and needs no forms while one does for all', () => {
    const millis = Float64Array.of(Date.UTC(2017, 7, 2), Date.UTC(2017, 0, 2, 3), 777);
    expect(toInstants(NEW_YORK, millis, undefined, ISO_SECONDS, 2)).toBeUndefined();
    expect([...millis]).toEqual([Date.UTC(2017, 7, 2, 4), Date.UTC(2017, 0, 2, 8), 777]);
  });

  it('gives a form to each row as soon as one is in a gap', () => {
    const millis = Float64Array.of(Date.UTC(2017, 7, 2), Date.UTC(2017, 2, 12, 2, 30));
    const forms = toInstants(NEW_YORK, millis, undefined, ISO_SECONDS, 2);
    expect(forms).toEqual(Uint32Array.of(ISO_SECONDS, ISO_SECONDS | GAP));
    expect(millis[1]).toBe(Date.UTC(2017, 2, 12, 7, 30));
  });

  it('marks a date whose midnight does not exist', () => {
    const millis = Float64Array.of(Date.UTC(2017, 9, 15));
    expect(toInstants(zoneOf('America/Sao_Paulo'), millis, undefined, ISO_DATE, 1)).toEqual(
      Uint32Array.of(ISO_DATE | GAP),
    );
  });

  it('lets rows be that are instants already', () => {
    const gap = Date.UTC(2017, 2, 12, 2, 30);
    const millis = Float64Array.of(gap, gap, gap);
    const forms = Uint32Array.of(Z_SECONDS, numberForm('s'), ISO_SECONDS);
    expect(toInstants(NEW_YORK, millis, forms, ISO_SECONDS, 3)).toBe(forms);
    expect([...millis]).toEqual([gap, gap, gap + 5 * 3_600_000]);
    expect([...forms]).toEqual([Z_SECONDS, numberForm('s'), ISO_SECONDS | GAP]);
    const numbers = Float64Array.of(gap);
    expect(toInstants(NEW_YORK, numbers, undefined, numberForm('ms'), 1)).toBeUndefined();
    expect(numbers[0]).toBe(gap);
  });

  it('has nothing to do in UTC', () => {
    const [millis, forms] = [Float64Array.of(1, 2), Uint32Array.of(ISO_SECONDS, ISO_SECONDS)];
    expect(toInstants(UTC, millis, forms, ISO_SECONDS, 2)).toBe(forms);
    expect([...millis]).toEqual([1, 2]);
  });

  it('takes whatever stands in rows that are null', () => {
    const millis = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e300, 8.64e15, Date.UTC(2017, 7, 2));
    toInstants(NEW_YORK, millis, undefined, ISO_SECONDS, 6);
    expect(millis[5]).toBe(Date.UTC(2017, 7, 2, 4));
  });

  it('is the same as one row after the other', () => {
    const row = fc.record({
      wall: fc.oneof(
        fc
          .constantFrom(...CHANGES)
          .chain(([, change]) =>
            fc.integer({ min: -3000, max: 3000 }).map((minutes) => Date.parse(change) + minutes * 60_000),
          ),
        fc.integer({ min: -5_000_000_000, max: 8_000_000_000 }).map((micros) => micros / 1000),
      ),
      form: fc.constantFrom(ISO_SECONDS, ISO_DATE, Z_SECONDS, numberForm('us')),
    });
    fc.assert(
      fc.property(fc.constantFrom(...CHANGES), fc.array(row, { maxLength: 40 }), ([name], rows) => {
        const zone = zoneOf(name);
        const millis = Float64Array.from(rows, ({ wall }) => wall);
        const forms = toInstants(
          zone,
          millis,
          Uint32Array.from(rows, ({ form }) => form),
          0,
          rows.length,
        );
        rows.forEach(({ wall, form }, at) => {
          const isWall = isWallForm(form);
          expect(millis[at]).toBe(isWall ? zone.toInstant(wall) : wall);
          expect(forms?.[at]).toBe(isWall && isInGap(zone, wall) ? form | GAP : form);
        });
      }),
    );
  });
});
