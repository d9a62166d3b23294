import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sink } from '../../src/endpoints/endpoint.js';
import { Overtaken } from '../../src/records/errors.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Store } from '../../src/stores/store.js';
import { GroupOfCopies, isRefused, PARTITIONS, passes, RECORDS } from './group-of-copies.js';
import { NUMBER, numberAt, numbersOf, range, rejectedBy, rowsAt, shared, sinkOf } from './shared-rows.js';

export interface KeptPositions {
  readonly store: Store;
  /** The address of an empty database of its own. */
  fresh(): Promise<string>;
  /** Runs a statement in a database as another program would. */
  run(address: string, sql: string): Promise<void>;
  readonly runs: number;
}

type Event =
  | { readonly kind: 'store'; readonly copy: number; readonly partition: number; readonly count: number }
  | { readonly kind: 'give'; readonly copy: number; readonly partition: number }
  | { readonly kind: 'commit' | 'kill' | 'kill in a flush' | 'reset'; readonly copy: number };

const COPIES = 3;
const copy = fc.nat(COPIES - 1);
const partition = fc.nat(PARTITIONS - 1);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('store' as const), copy, partition, count: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('give' as const), copy, partition }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'kill' as const), copy }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill in a flush' as const), copy }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), copy }) },
);

/** The statement that makes the table, which refuses some numbers. @param check the condition that it takes others by */
const tableOf = (check: string): string => `CREATE TABLE numbers (n BIGINT NOT NULL, CHECK (${check}))`;

/** What a store must do that keeps positions beside rows without a key: see Sink.begin(). */
export function positionConformance(name: string, { store, fresh, run, runs }: KeptPositions): void {
  describe(`${name} stores rows without a key once`, () => {
    const all = range(0, PARTITIONS).flatMap((one) =>
      range(0, RECORDS)
        .filter(passes)
        .map((offset) => numberAt(one, offset)),
    );

    /** A copy that reads partition 0 from its beginning. */
    const begun = async (address: string): Promise<Sink> => {
      const sink = await sinkOf(store, address);
      await sink.begin?.(shared([0]));
      return sink;
    };

    it.each([1, 3])(
      'whenever copies are killed, lose their partitions, or go on without it, %i of a record',
      async (width) => {
        let stored = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
            const address = await fresh();
            await run(address, tableOf('n % 11 <> 5'));
            const group = await GroupOfCopies.of(COPIES, width, () => sinkOf(store, address));
            for (const one of events) {
              if (one.kind === 'store' && (await group.store(one.copy, one.partition, one.count))) stored++;
              if (one.kind === 'give') await group.give(one.partition, one.copy);
              if (one.kind === 'commit') await group.commit(one.copy);
              if (one.kind === 'kill') await group.kill(one.copy);
              if (one.kind === 'kill in a flush') await group.kill(one.copy, true);
              if (one.kind === 'reset') await group.reset(one.copy, () => run(address, 'DELETE FROM numbers'));
            }
            await group.finish();
            expect(await numbersOf(store, address, 'numbers')).toEqual(all.filter((number) => !isRefused(number)));
            expect([...group.dead].sort((a, b) => a - b)).toEqual(all.filter(isRefused));
          }),
          { numRuns: runs },
        );
        expect(stored).toBeGreaterThan(runs);
      },
    );

    it('passing refused ones over, which are refused again until they are safe as dead letters', async () => {
      const address = await fresh();
      await run(address, tableOf('n NOT IN (5, 8)'));
      const first = await begun(address);
      await first.write(rowsAt(0, range(0, 10)));
      expect(rejectedBy(first)).toEqual([5, 8]);
      await first.close();

      const second = await begun(address);
      // A flush before they have come again says nothing of them.
      await second.write(rowsAt(0, range(0, 3)));
      await second.flush();
      await second.write(rowsAt(0, range(3, 12)));
      expect(rejectedBy(second)).toEqual([2, 5]);
      await second.flush();
      await second.write(rowsAt(0, range(12, 14)));
      await second.close();
      expect(second.counts()).toEqual({ rows: 14, applied: 4, stale: 0, tied: 8 });

      const third = await begun(address);
      await third.write(rowsAt(0, range(0, 14)));
      expect(rejectedBy(third)).toEqual([]);
      await third.close();
      expect(await numbersOf(store, address)).toEqual(range(0, 14).filter((n) => n !== 5 && n !== 8));
    });

    it('as soon as the table takes them, while others are refused again', async () => {
      const address = await fresh();
      await run(address, tableOf('n NOT IN (5, 8)'));
      const first = await begun(address);
      await first.write(rowsAt(0, range(0, 10)));
      await first.close();
      await run(address, 'ALTER TABLE numbers RENAME TO before_it');
      await run(address, tableOf('n <> 8'));
      await run(address, 'INSERT INTO numbers SELECT n FROM before_it');
      await run(address, 'DROP TABLE before_it');
      for (let time = 0; time < 2; time++) {
        const again = await begun(address);
        await again.write(rowsAt(0, range(0, 10)));
        expect(rejectedBy(again)).toEqual([8]);
        await again.close();
      }
      expect(await numbersOf(store, address)).toEqual(range(0, 10).filter((n) => n !== 8));
    });

    it('also those of one record that are stored apart', async () => {
      const address = await fresh();
      const first = await begun(address);
      // A transaction may hold but some of them.
      await first.write(rowsAt(0, range(0, 4), 10));
      await first.write(rowsAt(0, range(0, 10), 10));
      expect(first.counts()).toEqual({ rows: 14, applied: 10, stale: 0, tied: 4 });
      await first.close();
      const second = await begun(address);
      await second.write(rowsAt(0, range(0, 20), 10));
      await second.close();
      expect(await numbersOf(store, address)).toEqual(range(0, 20));
    });

    it('and forgets which are refused when it is overtaken, or begins anew', async () => {
      const address = await fresh();
      await run(address, tableOf('n <> 12'));
      const [paused, other] = [await begun(address), await begun(address)];
      await other.write(rowsAt(0, range(0, 10)));
      await expect(paused.write(rowsAt(0, [12, 13]))).rejects.toThrow(Overtaken);
      await paused.begin?.(shared([0]));
      await paused.write(rowsAt(0, [13, 14]));
      expect(rejectedBy(paused)).toEqual([]);
      await Promise.all([paused.close(), other.close()]);
    });

    it('anew where the table is made anew', async () => {
      const address = await fresh();
      const first = await begun(address);
      await first.write(rowsAt(0, range(0, 5)));
      await first.close();
      await run(address, 'DROP TABLE numbers');
      const second = await begun(address);
      await second.write(rowsAt(0, range(0, 5)));
      await second.close();
      expect(await numbersOf(store, address)).toEqual(range(0, 5));
    });

    it('and counts what is there already as tied', async () => {
      const address = await fresh();
      const first = await sinkOf(store, address);
      await first.begin?.(shared([0]));
      await first.write(rowsAt(0, range(0, 10)));
      await first.close();
      const second = await sinkOf(store, address);
      await second.begin?.(shared([0]));
      await second.write(rowsAt(0, range(5, 15)));
      await second.close();
      expect(second.counts()).toEqual({ rows: 10, applied: 5, stale: 0, tied: 5 });
      expect(await numbersOf(store, address)).toEqual(range(0, 15));
    });

    it('and tells a copy that was overtaken, which has stored nothing then', async () => {
      const address = await fresh();
      const [paused, other] = [await sinkOf(store, address), await sinkOf(store, address)];
      await paused.begin?.(shared([0]));
      await paused.write(rowsAt(0, range(0, 10)));
      await other.begin?.(shared([0]));
      await other.write(rowsAt(0, range(10, 12)));
      await expect(paused.write(rowsAt(0, range(10, 20)))).rejects.toThrow(Overtaken);
      expect(await numbersOf(store, address)).toEqual(range(0, 12));
      await paused.begin?.(shared([0]));
      await paused.write(rowsAt(0, range(10, 20)));
      await expect(other.write(rowsAt(0, range(12, 13)))).rejects.toMatchObject({
        status: 4,
        message: expect.stringContaining('another copy has stored rows of pairs:0'),
      });
      expect(await numbersOf(store, address)).toEqual(range(0, 20));
      await Promise.all([paused.close(), other.close()]);
    });

    it('also where a group has gone some way before it had positions, and begins anew', async () => {
      const address = await fresh();
      const [paused, other] = [await sinkOf(store, address), await sinkOf(store, address)];
      await paused.begin?.(shared([0]));
      await other.begin?.(shared([0]));
      await other.reset?.();
      await expect(paused.write(rowsAt(0, range(5, 10)))).rejects.toThrow(Overtaken);
      await other.write(rowsAt(0, range(0, 10)));
      await Promise.all([paused.close(), other.close()]);
      expect(await numbersOf(store, address)).toEqual(range(0, 10));
    });

    it('of each group, table and topic by itself, also of a topic that was deleted and made again', async () => {
      const address = await fresh();
      const writers = [
        { group: 'a', table: 'numbers', id: 'AAAAAAAAAAAAAAAAAAAAAQ' },
        { group: 'b', table: 'numbers', id: 'AAAAAAAAAAAAAAAAAAAAAQ' },
        { group: 'a', table: 'others', id: 'AAAAAAAAAAAAAAAAAAAAAQ' },
        { group: 'a', table: 'numbers', id: 'AAAAAAAAAAAAAAAAAAAAAg' },
      ];
      for (const { group, table, id } of writers) {
        const sink = await sinkOf(store, address, { group, table });
        await sink.begin?.(shared([0], id));
        await sink.write(rowsAt(0, range(0, 3)));
        await sink.close();
      }
      expect(await numbersOf(store, address)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
      expect(await numbersOf(store, address, 'others')).toEqual([0, 1, 2]);
    });

    it('but not those of anything else than a partition that it was told of', async () => {
      const address = await fresh();
      const sink = await sinkOf(store, address);
      await sink.begin?.({ ...shared([0]), topicIds: new Map() });
      for (let time = 0; time < 2; time++) {
        await sink.write(rowsAt(0, [0]));
        await sink.write(rowsAt(1, [0]));
        await sink.write(batchFromRows(NUMBER, [{ n: 7 }]));
      }
      await sink.close();
      expect(await numbersOf(store, address)).toEqual([0, 0, 7, 7, 10_000, 10_000]);
    });

    it('in a table of its own, which is not read unless it is named', async () => {
      const address = await fresh();
      const sink = await sinkOf(store, address);
      await sink.close();
      const source = await store.source(address, { zone: UTC });
      expect(source.schema.name).toBe('numbers');
      await source.close();
      const positions = await store.source(address, { zone: UTC, table: 'freshet_positions' });
      expect(positions.schema.fields.map((field) => field.name)).toContain('next_offset');
      await positions.close();
    });

    it('or says which statement makes that table, where it may not be made', async () => {
      const address = await fresh();
      const without = await store.sink(address, { schema: NUMBER, table: 'numbers', create: true, zone: UTC });
      await without.close();
      const options = { schema: NUMBER, table: 'numbers', create: false, zone: UTC };
      const opened = store.sink(address, { ...options, group: 'copies' });
      const error = await opened.then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(error).toMatchObject({ status: 2, message: expect.stringContaining('has no table freshet_positions') });
      const statement = /CREATE TABLE .*(?=; or)/.exec(String((error as { next?: string }).next))?.[0] ?? '';
      await run(address, statement);
      const sink = await store.sink(address, { ...options, group: 'copies' });
      await sink.begin?.(shared([0]));
      await sink.close();
      // Whoever asks for less needs none.
      expect((await store.sink(await fresh(), { ...options, create: true })).begin).toBeUndefined();
    });
  });
}
