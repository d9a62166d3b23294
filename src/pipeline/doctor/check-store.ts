import { UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import { loadStore } from '../stores.js';
import { parseUri } from '../uri.js';
import type { Check } from './check.js';

/** A store that a URI names. */
export function checkStore(word: string): Check {
  const at = { what: 'store', where: masked(word) };
  return {
    ...at,
    run: async () => {
      const uri = parseUri(word);
      if (uri.kind !== 'store') {
        throw new UsageError(`${at.where} is no store`, 'Give a URI such as sqlite:freshet.db.');
      }
      const store = await loadStore(uri.scheme);
      const says = (await store.check?.(uri.address)) ?? 'can be used';
      return [{ ...at, state: 'ok', says }];
    },
  };
}
