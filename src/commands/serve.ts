import { dirname } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { describeError } from '../cli/describe-error.js';
import { duration, listen } from '../cli/flag-types.js';
import { generalFlags } from '../cli/flags.js';
import { FreshetCommand } from '../cli/freshet-command.js';
import { readDocument } from '../cli/read-document.js';
import type { Reporter } from '../cli/reporter.js';
import { parseListenAddress } from '../endpoints/listen-address.js';
import { fieldsOf, sentenceOf } from '../jobs/orchestrator/audit.js';
import { tokenOf } from '../jobs/orchestrator/bearer-token.js';
import { configurationOf } from '../jobs/orchestrator/configuration.js';
import { runOrchestrator } from '../jobs/run-orchestrator.js';
import { stateFolder } from '../jobs/state-folder.js';

export default class Serve extends FreshetCommand {
  static override summary = 'jobs over HTTP: submit, list and kill, and stop what fails too often';
  static override description =
    'POST /submissions starts a job that --config allows, GET /submissions[/NAME] shows jobs, POST /submissions/NAME/kill stops one, and POST /submissions/check_ratio {"ratio":0.4,"applicationName":"parity"} stops the application where the ratio is over its maximum. /openapi.json has the rest. A client never gives a command line. It must show a token (Authorization: Bearer …): that of FRESHET_TOKEN, else the one that is made and kept in a file of the state folder. Only this machine reaches it unless --listen says otherwise. When it stops, jobs go on.';
  static override examples = [
    '<%= config.bin %> serve --config orchestrator.yaml',
    `curl -H "Authorization: Bearer $FRESHET_TOKEN" -d '{"name":"parity"}' localhost:3000/submissions`,
  ];
  static override flags = {
    config: Flags.string({
      helpValue: 'FILE',
      description:
        'YAML or JSON: {maximum, applications: {NAME: {command, maximum, restart, env, cwd}}} [default: jobs that run are watched and stopped, and none is started]',
    }),
    listen: listen({
      default: '127.0.0.1:3000',
      description: 'where requests are taken; 0.0.0.0:PORT: from other machines, too',
    }),
    auth: Flags.boolean({
      default: true,
      allowNo: true,
      description: 'ask for a token; --no-auth: only where this machine alone reaches it',
    }),
    grace: duration({
      default: 10_000,
      defaultHelp: async () => '10s',
      description: 'how long a job that is to be stopped may take to end by itself',
    }),
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(Serve);
    const { config, listen: address, auth, grace } = flags;
    const document = config === undefined ? undefined : await readDocument(config);
    await runOrchestrator({
      configuration: configurationOf(document?.value ?? {}, config ?? '', document?.positionOf ?? (() => undefined)),
      folder: dirname(config ?? '.'),
      address: parseListenAddress(address, '--listen'),
      token: auth ? tokenOf(process.env.FRESHET_TOKEN, stateFolder(), reporter.warn) : undefined,
      stateFolder: stateFolder(),
      grace,
      tell: reporter.warn,
      audit: (kill) => reporter.event('kill', sentenceOf(kill), fieldsOf(kill)),
      failed: (error) => reporter.error(describeError(error, true)),
      stopped: new Promise((resolve) => this.stop.onRequest(resolve)),
    });
  }
}
