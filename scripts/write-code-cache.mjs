// Keeps what V8 compiles of the bundle, for bin/load-bundle.js. That is also the functions that have run, so that a
// small job runs first.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bundle from '../bin/load-bundle.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-'));
const { script, exports } = bundle.loadBundle();
try {
  for (const words of [
    `produce yt --days 3 --to ${folder}/yt.ndjson`,
    `aggregate daily --from ${folder}/yt.ndjson --to ${folder}/daily.ndjson`,
  ]) {
    const status = await exports.main(words.split(' '), exports.COMMANDS);
    if (status !== 0) throw new Error(`freshet ${words} ends with ${status}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
writeFileSync(bundle.CODE_CACHE, script.createCachedData());
