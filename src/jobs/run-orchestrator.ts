import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { formatAddress, type ListenAddress } from '../endpoints/listen-address.js';
import { UsageError } from '../records/errors.js';
import type { AllowedCommand } from './local/allowed-command.js';
import { LocalJobs } from './local/local-jobs.js';
import type { BearerToken } from './orchestrator/bearer-token.js';
import type { Application, Configuration } from './orchestrator/configuration.js';
import { type Kill, Orchestrator } from './orchestrator/orchestrator.js';
import { OrchestratorServer } from './orchestrator/orchestrator-server.js';

export interface RunOptions {
  readonly configuration: Configuration;
  /** What relative folders in it are of. */
  readonly folder: string;
  readonly address: ListenAddress;
  /** Absent: none is asked for. */
  readonly token?: BearerToken;
  readonly stateFolder: string;
  /** Milliseconds that a job may take to end by itself. */
  readonly grace: number;
  /** Shows a sentence to the user. */
  readonly tell: (sentence: string) => void;
  readonly audit: (kill: Kill) => void;
  readonly failed: (error: unknown) => void;
  /** Resolves when it is to stop. */
  readonly stopped: Promise<void>;
}

/**
 * Serves the jobs of this machine over HTTP until it is told to stop.
 * @throws UsageError for a configuration that can't be, ServiceError where it can't listen
 */
export async function runOrchestrator(options: RunOptions): Promise<void> {
  const { configuration, folder, address, token, stateFolder, grace, tell, audit, failed, stopped } = options;
  const isPrivate = isLoopback(address.host);
  if (token === undefined && !isPrivate) {
    throw new UsageError(
      `--no-auth: other machines reach ${formatAddress(address)}, and could stop any job`,
      'Leave it away, or listen at 127.0.0.1.',
    );
  }
  const backend = new LocalJobs({ stateFolder, commands: commandsOf(configuration, folder) });
  const orchestrator = new Orchestrator({ backend, configuration, grace, audit });
  const server = await OrchestratorServer.open({ address, orchestrator, token, failed });
  tell(`serving jobs at ${server.url}`);
  if (!isPrivate) tell('the token is sent as it is: where others may listen in, have a proxy speak TLS');
  await stopped;
  await server.close();
  const running = (await backend.list()).filter(({ state }) => state === 'running' || state === 'starting');
  if (running.length > 0)
    tell(`stopped serving; ${running.map(({ name }) => name).join(', ')} ${running.length === 1 ? 'goes' : 'go'} on`);
}

function commandsOf({ applications }: Configuration, folder: string): ReadonlyMap<string, AllowedCommand> {
  return new Map([...applications].flatMap(([name, application]) => allowed(name, application, folder)));
}

function allowed(name: string, application: Application, folder: string): [string, AllowedCommand][] {
  const { command, restart, env, cwd = '.' } = application;
  if (command === undefined) return [];
  return [
    [
      name,
      {
        command,
        cwd: resolve(folder, cwd),
        ...(restart === undefined ? {} : { restart }),
        ...(env === undefined ? {} : { env }),
      },
    ],
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
