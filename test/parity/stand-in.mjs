import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';

/*
 * Stands for `freshet` where golden cases run, as SOCKET CASE EXECUTABLE WORDS…: asks the suite that listens there what
 * of its input it wants to see, and then what came of it. What topics are not asked for is left to freshet as it is.
 */
const [socketPath, name, executable, ...args] = process.argv.slice(2);
const command = { name, args, cwd: process.cwd(), env: process.env };

const { reads } = await ask({ ...command });
const read = reads?.map((path) => readFileSync(path === '-' ? 0 : path).toString('base64'));
const outcome = read === undefined ? undefined : await ask({ ...command, read });
if (outcome?.status === undefined) {
  // Standard input can be read once only.
  const standard = reads?.indexOf('-') ?? -1;
  const input = standard < 0 ? undefined : Buffer.from(read[standard], 'base64');
  const child = spawn(process.execPath, [executable, ...args], {
    stdio: [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'],
  });
  // It may end before it has read all of it.
  child.stdin?.on('error', () => {}).end(input);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status) => {
    process.exitCode = status ?? 1;
  });
} else {
  process.stdout.on('error', () => {}).write(Buffer.from(outcome.out, 'base64'));
  process.stderr.on('error', () => {}).write(outcome.err);
  process.exitCode = outcome.status;
}

function ask(what) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', agent: false }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(text));
    });
    asked.on('error', reject).end(JSON.stringify(what));
  });
}
