import { UsageError } from '../records/errors.js';

/** A job that was to be started runs already. */
export class JobRuns extends UsageError {
  static readonly code = 'job-runs';
  override readonly code = JobRuns.code;
}
