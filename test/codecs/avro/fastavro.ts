import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const python = process.env.FRESHET_PYTHON;

/** Whether FRESHET_PYTHON names an interpreter with fastavro; with CI=true it must. */
export function hasFastavro(): boolean {
  const found = python !== undefined && spawnSync(python, ['-c', 'import fastavro']).status === 0;
  if (!found && process.env.CI === 'true') throw new Error('FRESHET_PYTHON names no interpreter with fastavro');
  if (!found) console.log('skipped: FRESHET_PYTHON names no interpreter with fastavro');
  return found;
}

/** The compressions that fastavro can do there, besides those that it always can. */
export function moreCodecs(): string[] {
  if (python === undefined) return [];
  const modules = { snappy: 'cramjam', zstandard: 'backports.zstd' };
  return Object.entries(modules).flatMap(([codec, module]) =>
    spawnSync(python, ['-c', `import ${module}`]).status === 0 ? [codec] : [],
  );
}

/** Runs a Python program with the path of a file as its argument; gives what it printed. */
export function runPython(
  program: string,
  file: Uint8Array | undefined,
  use: (path: string) => void = () => {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-avro-'));
  try {
    const path = join(folder, 'records.avro');
    if (file !== undefined) writeFileSync(path, file);
    const { status, stdout, stderr } = spawnSync(python ?? 'python3', ['-c', program, path], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(stderr);
    use(path);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
