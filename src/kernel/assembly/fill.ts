// What columns get where a value is null or missing.
import {
  Default, DEFAULT_BYTES, Field, FIELD_BYTES, Node, OUT_BOOL, OUT_DICTIONARY, OUT_LONG, OUT_NONE, OUT_SLICE, storeLong,
} from './node';

/** Makes every column below a node null at the row: an enclosing value is null or missing. */
export function fillNull(node: Node, row: i32): void {
  if (node.nulls) {
    store<u8>(node.nulls + <usize>row, 1);
    node.hasNull = 1;
    if (node.out == OUT_DICTIONARY) store<i32>(node.column + ((<usize>row) << 2), -1);
  }
  if (!node.projects) return;
  for (let at = 0; at < node.fieldCount; at++) {
    fillNull(changetype<Node>(changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES).node), row);
  }
}

/** Gives every column below a node what a missing value has. */
export function fillMissing(node: Node, row: i32): void {
  if (node.fallbackNull) {
    fillNull(node, row);
    return;
  }
  for (let at = 0; at < node.defaultCount; at++) {
    const given = changetype<Default>(node.defaults + (<usize>at) * DEFAULT_BYTES);
    const leaf = changetype<Node>(given.node);
    if (given.isNull) fillNull(leaf, row);
    else fillWith(leaf, row, given.value);
  }
  if (node.out != OUT_NONE) fillWith(node, row, node.fallback);
}

function fillWith(node: Node, row: i32, value: u64): void {
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  if (node.out == OUT_SLICE) {
    store<u32>(node.column + ((<usize>row) << 2), <u32>value);
    store<u32>(node.side + ((<usize>row) << 2), <u32>(value >> 32));
  } else if (node.out == OUT_DICTIONARY) store<i32>(node.column + ((<usize>row) << 2), <i32>value);
  else if (node.out == OUT_BOOL) store<u8>(node.column + <usize>row, <u8>value);
  else if (node.out == OUT_LONG) storeLong(node, row, <i64>value);
  else store<u64>(node.column + ((<usize>row) << 3), value);
}
