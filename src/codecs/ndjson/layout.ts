import type { Kernel } from '../../kernel/kernel.js';

// The numbers of kernel/assembly/lines.ts.
const SLOT = { skip: 0, string: 1, time: 2, number: 3, value: 4, fill: 5, end: 6, integer: 7 } as const;
const SLOT_WORDS = 6;
const BLOCK = 16;
const MAX_SLOTS = 256;
const TRACE_WORDS = 4;

/** Words of a node (kernel/assembly/node.ts) that say which slot reads it fastest. */
const NODE_ACCEPTS = 0;
const NODE_NUMBER = 1;
const NODE_TEXT = 2;
const NODE_FIELDS = 4;
const NODE_OUT = 7;
const NODE_CHECK = 21;
const ACCEPT_NUMBER = 4;
const ACCEPT_STRING = 8;
const OUT_TIME = 5;
const OUT_SLICE = 6;
const NUMBER_LONG = 1;

export interface LearnedLayout {
  readonly at: number;
  readonly slots: number;
}

/**
 * Learns the layout of the record that starts at `start` and whose line ends at `lineEnd` (at its line feed): the
 * literal bytes between its values, which lines of the same program usually share.
 * @returns undefined where the line is no record that fits, or has too many values
 */
export function learnLayout(kernel: Kernel, root: number, start: number, lineEnd: number): LearnedLayout | undefined {
  const trace = kernel.allocate(MAX_SLOTS * TRACE_WORDS * 4);
  const end = kernel.exports.traceRecord(root, start, trace, MAX_SLOTS);
  const count = kernel.exports.endTrace();
  if (end === 0 || count < 0) {
    kernel.release(trace, MAX_SLOTS * TRACE_WORDS * 4);
    return undefined;
  }
  const at = kernel.allocate((count + 1) * SLOT_WORDS * 4);
  const literals = kernel.allocate(lineEnd + 1 - start + (count + 1) * 16);
  const { u8, u32 } = kernel.views;
  let from = start;
  let literal = literals;
  const addSlot = (slot: number, until: number, kind: number, node: number): void => {
    const length = Math.max(0, until - from);
    u8.copyWithin(literal, from, from + length);
    const word = (at >> 2) + slot * SLOT_WORDS;
    u32[word] = literal;
    u32[word + 1] = Math.floor(length / BLOCK);
    u32[word + 2] = length % BLOCK;
    u32[word + 3] = 2 ** (length % BLOCK) - 1;
    u32[word + 4] = kind;
    u32[word + 5] = node;
    literal += length;
  };
  for (let slot = 0; slot < count; slot++) {
    const entry = (trace >> 2) + slot * TRACE_WORDS;
    const valueStart = u32[entry];
    const node = u32[entry + 2];
    if (valueStart === 0) {
      addSlot(slot, from, SLOT.fill, node);
    } else {
      addSlot(slot, valueStart, slotKind(u32, node), node);
      from = u32[entry + 1];
    }
  }
  addSlot(count, lineEnd + 1, SLOT.end, 0);
  kernel.release(trace, MAX_SLOTS * TRACE_WORDS * 4);
  return { at, slots: count + 1 };
}

function slotKind(u32: Uint32Array, node: number): number {
  if (node === 0) return SLOT.skip;
  const word = node >> 2;
  const isWhole = u32[word + NODE_OUT] === OUT_SLICE || u32[word + NODE_FIELDS] !== 0;
  if (isWhole || u32[word + NODE_CHECK] !== 0) return SLOT.value;
  const accepts = u32[word + NODE_ACCEPTS];
  if (accepts & ACCEPT_STRING && u32[word + NODE_TEXT] === 0) return SLOT.string;
  if (accepts & ACCEPT_STRING && u32[word + NODE_TEXT] === 1) return SLOT.time;
  if (!(accepts & ACCEPT_NUMBER)) return SLOT.value;
  const integer = u32[word + NODE_NUMBER] <= NUMBER_LONG && u32[word + NODE_OUT] !== OUT_TIME;
  return integer ? SLOT.integer : SLOT.number;
}
