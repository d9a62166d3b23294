// `npm run demo`: a pipeline from simulated harvests to tables, in a temporary folder that stays for a look around.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const executable = fileURLToPath(new URL('../bin/freshet.js', import.meta.url));

export const STEPS = [
  {
    says: '180,000 harvests of 1000 channels; the newest of each day, and of those the newest of each month:',
    command: [
      'freshet produce yt --channels 1000 --per-day 3 --days 60 --seed 7 \\',
      '  | freshet aggregate daily | tee daily.ndjson \\',
      '  | freshet aggregate monthly | freshet store monthly',
    ].join('\n'),
  },
  { says: 'The daily rows, too:', command: 'freshet store daily < daily.ndjson' },
  {
    says: 'Once more, as after a crash. Nothing changes: every row is as new as the one that is there.',
    command: 'freshet store daily --log-format json < daily.ndjson',
  },
  { says: 'What is there now:', command: 'freshet report --once --limit 6 --from sqlite:freshet.db#yt_daily' },
  { command: 'freshet report --once --limit 6 --from sqlite:freshet.db#yt_monthly' },
];

/** Runs one step with sh in a folder, its output to ours unless `stdio` says otherwise. */
export function runStep({ command }, cwd, stdio = 'inherit') {
  const prelude = `freshet() { '${process.execPath}' '${executable}' "$@"; }`;
  return spawnSync('sh', ['-c', `${prelude}\n${command}`], { cwd, stdio, encoding: 'utf8' });
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-demo-'));
  const started = performance.now();
  for (const step of STEPS) {
    if (step.says !== undefined) console.log(`\n# ${step.says}`);
    console.log(`$ ${step.command}`);
    const { status, error } = runStep(step, folder);
    if (status !== 0) {
      console.error(error ?? `This step ended with status ${status}.`);
      process.exit(1);
    }
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `\n${seconds} s. The tables are in ${join(folder, 'freshet.db')}, the daily rows in daily.ndjson beside it.`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
