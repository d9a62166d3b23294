import type { JobStatus } from '../jobs/job.js';
import { maskedCommand } from '../records/uri-password.js';

const COLUMNS = ['NAME', 'STATE', 'PID', 'STARTED', 'STATUS', 'RESTARTS', 'COMMAND'] as const;
/** The numbers among them. */
const RIGHT: readonly string[] = ['PID', 'STATUS', 'RESTARTS'];

/** Jobs in columns, one a line. */
export function renderJobs(jobs: readonly JobStatus[]): string {
  const rows: (readonly string[])[] = [COLUMNS, ...jobs.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, at) =>
      RIGHT.includes(COLUMNS[at] ?? '') ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
    ),
  );
  return `${lines.map((cells) => cells.join('  ').trimEnd()).join('\n')}\n`;
}

/** One job, a field a line. @param supervised whether somebody waits for its end */
export function renderJob(job: JobStatus, { folder, supervised }: { folder: string; supervised: boolean }): string {
  const fields: readonly [string, string | undefined][] = [
    ['name', job.name],
    ['state', job.state === 'running' && !supervised ? 'running, without its supervisor' : job.state],
    ['pid', job.pid?.toString()],
    ['command', shown(job.command)],
    ['started', timeOf(job.startedAt)],
    ['ended', job.endedAt === undefined ? undefined : timeOf(job.endedAt)],
    ['status', job.exitStatus?.toString()],
    ['restarts', job.restarts.toString()],
    ['folder', folder],
  ];
  return fields.map(([name, value]) => (value === undefined ? '' : `${name.padEnd(8)}  ${value}\n`)).join('');
}

/** Jobs as one JSON array, a job a line. */
export function jobsJson(jobs: readonly JobStatus[]): string {
  return jobs.length === 0 ? '[]\n' : `[\n${jobs.map((job) => `  ${JSON.stringify(jobJson(job))}`).join(',\n')}\n]\n`;
}

/** A job as JSON has it: times in ISO 8601, and no passwords. */
export function jobJson({ startedAt, endedAt, command, ...rest }: JobStatus): Readonly<Record<string, unknown>> {
  const { name, id, state, pid, exitStatus, ...others } = rest;
  return {
    name,
    id,
    state,
    ...(pid === undefined ? {} : { pid }),
    startedAt: timeOf(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: timeOf(endedAt) }),
    ...(exitStatus === undefined ? {} : { exitStatus }),
    command: command.map(maskedCommand),
    ...others,
  };
}

function cellsOf(job: JobStatus): readonly string[] {
  const { name, state, pid, startedAt, exitStatus, restarts, command } = job;
  return [
    name,
    state,
    pid?.toString() ?? '-',
    timeOf(startedAt),
    exitStatus?.toString() ?? '-',
    restarts.toString(),
    shown(command),
  ];
}

/** A command as a shell would take it, without passwords and what could move a terminal's cursor. */
function shown(command: readonly string[]): string {
  return command
    .map(maskedCommand)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
    .replace(/\p{Cc}/gu, '\u00b7');
}

/** To the second, which is as exact as people read it. */
function timeOf(millis: number): string {
  return new Date(millis).toISOString().replace(/\.\d+Z$/, 'Z');
}
