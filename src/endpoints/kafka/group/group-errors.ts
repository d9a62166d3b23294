import { Overtaken, ServiceError, UsageError } from '../../../records/errors.js';
import { FencedError, MembershipError } from '../producer/produce-error.js';
import { ERROR, errorName } from '../protocol/error-codes.js';

/** Partitions were given to others meanwhile: what was read of them since is theirs to read again. */
export class MembershipLost extends Error {
  constructor(code: number) {
    super(`the group has gone on without this member (${errorName(code)})`);
    this.name = 'MembershipLost';
  }
}

/** Whether an error says that partitions, or the right to write, are another copy's now. */
export function isTakenOver(error: unknown): boolean {
  return [MembershipLost, MembershipError, FencedError, Overtaken].some((one) => error instanceof one);
}

/** The error for a code that the group's coordinator does not take back. @param doing what was asked, as a clause */
export function groupRefused(group: string, doing: string, code: number): UsageError | ServiceError {
  if (code === ERROR.inconsistentGroupProtocol) {
    return new UsageError(`group ${group} has members that are not freshet`, 'Choose another one with --group.');
  }
  if (code === ERROR.groupAuthorizationFailed) {
    return new ServiceError(`the broker does not allow this user to use the group ${group}`);
  }
  if (code === ERROR.offsetMetadataTooLarge) {
    return new UsageError(
      `group ${group} reads more partitions in one than the broker keeps the progress of`,
      'Raise its offset.metadata.max.bytes, or read fewer topics in one run.',
    );
  }
  return new ServiceError(`group ${group}: when ${doing}, the broker says ${errorName(code)}`);
}

export function readsElse(group: string, reads: readonly string[], others: readonly string[]): UsageError {
  return new UsageError(
    `group ${group} has a member that reads ${setOf(others)}, not ${setOf(reads)}`,
    'Give this run a group of its own with --group.',
  );
}

/** The same for the same topics in any order. */
export function setOf(topics: readonly string[]): string {
  return [...topics].sort().join(', ');
}
