import { prepareCompression } from '../../endpoints/kafka/records/compress-records.js';
import { SqliteDatabase } from '../../stores/sqlite/database.js';
import type { Check, Finding } from './check.js';

/** As `engines` of package.json has it. */
const OLDEST_NODE = [20, 11] as const;
const INSTALL_AGAIN = 'Install again with `npm ci`, optional packages included.';

/** The parts that are loaded when they are needed, and may be missing or made for another machine. */
const PARTS: readonly (readonly [name: string, load: () => Promise<unknown>])[] = [
  [
    'the kernel',
    async () => new (await import('../../endpoints/kafka/records/record-splitter.js')).RecordSplitter().close(),
  ],
  ['crc32', () => import('../../endpoints/kafka/records/record-batch.js')],
  ['zstd', () => prepareCompression('zstd')],
  ['SQLite', async () => (await SqliteDatabase.open(':memory:', ':memory:')).close()],
];

/** This process and what it is made of. */
export function checkInstall(version: string): Check {
  const at = { what: 'freshet', where: version };
  return { ...at, run: async () => [nodeFinding(at), ...(await partFindings(at))] };
}

function nodeFinding(at: Pick<Finding, 'what' | 'where'>): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [least, leastMinor] = OLDEST_NODE;
  const says = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  if (major > least || (major === least && minor >= leastMinor)) return { ...at, state: 'ok', says };
  return { ...at, state: 'wrong', says: `${says} is too old`, next: `Install Node ${OLDEST_NODE.join('.')} or later.` };
}

async function partFindings(at: Pick<Finding, 'what' | 'where'>): Promise<Finding[]> {
  const loaded: string[] = [];
  const broken: Finding[] = [];
  for (const [name, load] of PARTS) {
    try {
      await load();
      loaded.push(name);
    } catch (error) {
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      broken.push({ ...at, state: 'wrong', says: `${name} can't be loaded: ${why}`, next: INSTALL_AGAIN });
    }
  }
  return [
    ...(loaded.length === 0 ? [] : [{ ...at, state: 'ok' as const, says: `loads ${loaded.join(', ')}` }]),
    ...broken,
  ];
}
