import { Args, Flags } from '@oclif/core';
import { generalFlags } from '../cli/flags.js';
import { FreshetCommand } from '../cli/freshet-command.js';
import type { Reporter } from '../cli/reporter.js';
import { brokersFlag, registryFlag } from '../cli/topic-flags.js';
import { writeOut } from '../cli/write-out.js';
import { type Finding, runChecks } from '../pipeline/doctor/check.js';
import { checkDisk } from '../pipeline/doctor/check-disk.js';
import { checkInstall } from '../pipeline/doctor/check-install.js';
import { checkKafka } from '../pipeline/doctor/check-kafka.js';
import { checkRegistry } from '../pipeline/doctor/check-registry.js';
import { checkStore } from '../pipeline/doctor/check-store.js';
import { ServiceError } from '../records/errors.js';
import { renderFindings } from '../report/render-findings.js';

export default class Doctor extends FreshetCommand {
  static override summary = 'which services answer, at which version, and what is wrong';
  static override description =
    'Looks at the install itself, the Kafka brokers, the schema registry, stores that are named, and room on the disk; nothing is changed. Status 4 where something that is configured can not be used.';
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor sqlite:freshet.db --format json'];
  static override args = {
    store: Args.string({ ignoreStdin: true, required: false, description: 'the URI of a store; there may be several' }),
  };
  static override flags = {
    format: Flags.option({
      options: ['table', 'json'] as const,
      default: 'table' as const,
      description: 'json: an array of {what, where, state, says, next}',
    })(),
    ...brokersFlag,
    ...registryFlag,
    ...generalFlags,
  };
  static override strict = false;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags, argv } = await this.parse(Doctor);
    const found = await runChecks([
      checkInstall(this.config.version),
      checkKafka(flags.brokers),
      checkRegistry(flags.registry),
      ...argv.map((word) => checkStore(String(word))),
      checkDisk(process.cwd()),
    ]);
    const { masked } = reporter;
    const findings = found.map(
      ({ what, where, state, says, next }): Finding => ({
        ...{ what, where: masked(where), state, says: masked(says) },
        ...(next === undefined ? {} : { next: masked(next) }),
      }),
    );
    await writeOut(renderFindings(findings, flags.format));
    const problems = findings.filter(({ state }: Finding) => state === 'wrong').length;
    if (problems > 0) throw new ServiceError(`${problems} ${problems === 1 ? 'problem' : 'problems'} found`);
  }
}
