import { UsageError } from '../records/errors.js';

/** Where records come from or go to. */
export type Uri =
  | { readonly kind: 'stdio' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'store'; readonly scheme: StoreScheme; readonly address: string; readonly table?: string };

export const STORE_SCHEMES = ['sqlite'] as const;
export type StoreScheme = (typeof STORE_SCHEMES)[number];

/** Schemes that have a place in the grammar but no adapter yet. */
const LATER = ['kafka', 'mysql', 'cassandra', 'parquet', 's3', 'tcp', 'tcp-listen', 'http-listen'];

/**
 * Reads a word of `--from`, `--to` or `--dead`: `-`, a path, or `sqlite:FILE[#TABLE]`. A word with a scheme is a URI,
 * anything else a path.
 */
export function parseUri(word: string): Uri {
  if (word === '-') return { kind: 'stdio' };
  const scheme = /^([a-z][a-z0-9+-]*):/.exec(word)?.[1];
  if (scheme === undefined) return { kind: 'path', path: word };
  const store = STORE_SCHEMES.find((one) => one === scheme);
  if (store !== undefined) {
    const rest = word.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, '');
    const mark = rest.lastIndexOf('#');
    const address = mark < 0 ? rest : rest.slice(0, mark);
    const table = mark < 0 ? undefined : rest.slice(mark + 1);
    if (address === '') throw new UsageError(`${word} names no file`, `For example: ${scheme}:freshet.db#yt_daily`);
    if (table === '') throw new UsageError(`${word} names no table`, 'Leave the # away, or name a table behind it.');
    return { kind: 'store', scheme: store, address, ...(table === undefined ? {} : { table }) };
  }
  if (scheme === 'file') return { kind: 'path', path: word.slice(5).replace(/^\/\/(?=\/)/, '') };
  const known = LATER.includes(scheme)
    ? `${scheme}: is not supported by this version`
    : `${scheme}: is no known scheme`;
  throw new UsageError(
    `${word}: ${known}`,
    `Known are ${STORE_SCHEMES.map((one) => `${one}:`).join(', ')} and plain paths; a path with a colon is written ./${word}.`,
  );
}
