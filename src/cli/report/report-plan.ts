import type { SchemaChoice } from '../../pipeline/choose-schema.js';
import type { Ends } from '../../pipeline/open-pipeline.js';
import type { StopSignal } from '../../pipeline/stop-signal.js';
import type { ReportFormat } from '../../report/render-report.js';
import type { Reporter } from '../reporter.js';

/** What the flags of `freshet report` ask for. */
export interface ReportPlan {
  /** The sources' words, each a table of its own. */
  readonly words: readonly string[];
  readonly ends: Ends;
  readonly choice: SchemaChoice;
  /** Rows that are shown of each; Infinity: all. */
  readonly limit: number;
  readonly format: ReportFormat;
  /** Milliseconds after which a table is read again. */
  readonly refresh: number;
  readonly reporter: Reporter;
  readonly stop: StopSignal;
}
