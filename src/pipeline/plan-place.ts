import { masked } from '../records/uri-password.js';
import { parseUri, type TopicsUri } from './uri.js';

/**
 * What says which records a word of `--from` names, or where one of `--to` has rows go, and nothing of how they get
 * there: a run that has state goes on with it only where its places are the same.
 * @param end records are those that an input's format makes of bytes, rows are the same in any
 */
export function planPlace(word: string, end: 'from' | 'to'): string {
  const uri = parseUri(word);
  switch (uri.kind) {
    case 'stdio':
      return word;
    case 'path':
      return uri.path;
    case 'topics':
      return `kafka:${uri.topics.join(',')}${queryOf(uri, end)}`;
    case 'store':
      // A file may have a ? in its name.
      return uri.scheme === 'sqlite' ? word : serverPlace(word);
    default:
      return word.replace(/\?.*$/s, '');
  }
}

/** A table of a server, without how the server is spoken to: a password may have moved to a variable. */
function serverPlace(word: string): string {
  if (!URL.canParse(word))
    return masked(word)
      .replace(':***@', '@')
      .replace(/\?[^#]*/, '');
  const url = new URL(word);
  url.password = '';
  url.search = '';
  return url.href;
}

function queryOf({ type, format }: TopicsUri, end: 'from' | 'to'): string {
  const { key, header } = type ?? {};
  const query = new URLSearchParams({
    ...(key === undefined ? {} : { key }),
    ...(header === undefined ? {} : { header: `${header.name}:${header.value}` }),
    ...(format === undefined || end === 'to' ? {} : { format }),
  });
  return query.size === 0 ? '' : `?${query}`;
}
