import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { WorkerLine, WorkerTask } from './store-worker.js';

/** Bundles the worker into a folder, so that plain Node runs it. */
export async function buildWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'store-worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('store-worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    plugins: [
      {
        name: 'clients stay where they are installed',
        setup: ({ onResolve }) => {
          const { resolve } = createRequire(import.meta.url);
          onResolve({ filter: /^(libsql|mysql2|cassandra-driver)$/ }, ({ path }) => ({
            path: pathToFileURL(resolve(path)).href,
            external: true,
          }));
        },
      },
    ],
  });
  return outfile;
}

export interface WorkerRun {
  readonly child: ChildProcess;
  readonly lines: WorkerLine[];
  /** Resolves to the exit status, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/**
 * Runs a worker in a process of its own.
 * @param onLine told each line as it comes
 * @param shell a command that the shell runs before it
 */
export function runWorker(
  worker: string,
  task: WorkerTask,
  { onLine, shell, ...options }: SpawnOptions & { onLine?: (line: WorkerLine) => void; shell?: string } = {},
): WorkerRun {
  const words = [process.execPath, worker, JSON.stringify(task)];
  const stdio: SpawnOptions['stdio'] = ['ignore', 'pipe', 'inherit'];
  const child =
    shell === undefined
      ? spawn(words[0], words.slice(1), { ...options, stdio })
      : spawn('sh', ['-c', `${shell}; exec "$@"`, 'sh', ...words], { ...options, stdio });
  const lines: WorkerLine[] = [];
  if (child.stdout !== null) {
    createInterface(child.stdout).on('line', (text) => {
      const line: WorkerLine = JSON.parse(text);
      lines.push(line);
      onLine?.(line);
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(signal ?? status));
  });
  return { child, lines, ended };
}
