/**
 * A field's value outside of columns, as slow paths, stores and tables see it.
 * `bigint` is used only for longs that a double does not hold exactly.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | { [name: string]: Value };

export type Row = { [name: string]: Value };
