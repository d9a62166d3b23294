import { FreshetError, Status } from '../records/errors.js';

/** The documented exit status of an error. */
export function exitStatus(error: unknown): number {
  if (error instanceof FreshetError) return error.status;
  return isUsageOfOclif(error) ? Status.usage : Status.bug;
}

/** Wrong flags and arguments, as oclif's parser tells them. */
export function isUsageOfOclif(error: unknown): error is Error {
  return error instanceof Error && 'oclif' in error;
}
