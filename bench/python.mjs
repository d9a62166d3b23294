import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VENV = fileURLToPath(new URL('data/python/bin/python', import.meta.url));

/** The Python that measures and has DuckDB: $FRESHET_PYTHON, else the one of bench/setup.sh, else python3. */
export function python() {
  return process.env.FRESHET_PYTHON ?? (existsSync(VENV) ? VENV : 'python3');
}

/** Undefined where there is none. */
export function pythonVersion() {
  const { status, stdout } = spawnSync(python(), ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
