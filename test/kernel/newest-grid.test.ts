import { expect, it, vi } from 'vitest';
import { kernel } from '../../src/kernel/kernel.js';
import { type GridCells, NewestGrid } from '../../src/kernel/newest-grid.js';

const DAY = 86_400_000;

/** Records of some keys in the kernel's memory, as a grid takes them. */
function columnsOf(keys: readonly number[], times: readonly number[]) {
  const at = {
    entries: kernel().allocate(keys.length * 4),
    keyOf: kernel().allocate(64),
    times: kernel().allocate(64),
  };
  const { i32, f64 } = kernel().views;
  i32.set(keys, at.entries >> 2);
  for (let key = 0; key < 16; key++) i32[(at.keyOf >> 2) + key] = key;
  f64.set(times, at.times >> 3);
  return { ...at, values: [] };
}

it('tells which cells have changed, in parts, without asking for memory: a batch is borrowed meanwhile', () => {
  const grid = new NewestGrid(kernel(), 0, DAY);
  expect(grid.coverKeys(16)).toBe(true);
  for (const [span, window] of [
    [0, 7],
    [1, 8],
  ] as const)
    expect(grid.place(span, window)).toBe(true);
  expect(grid.fold(columnsOf([1, 15, 0, 1, 3], [5, 6, DAY, DAY + 1, DAY + 2]), 0, 5)).toBe(5);
  const allocate = vi.spyOn(kernel(), 'allocate');
  const taken = (most?: number): GridCells[] => [...grid.takeChanged(most)];
  const parts = taken(2);
  expect(parts.map(({ keys }) => [...keys])).toEqual([[1, 15], [0, 1], [3]]);
  expect(parts.map(({ windows }) => [...windows])).toEqual([[7, 7], [8, 8], [8]]);
  expect(parts.map(({ times }) => [...times])).toEqual([[5, 6], [DAY, DAY + 1], [DAY + 2]]);
  expect(taken()).toEqual([]);
  expect(allocate).not.toHaveBeenCalled();
  grid.close();
});
