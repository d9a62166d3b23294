import { ServiceError } from '../../../records/errors.js';
import { ERROR, errorName } from '../protocol/error-codes.js';
import { fencedError, MembershipError } from './produce-error.js';

interface Coded {
  readonly errorCode: number;
}

export const codeOf = ({ errorCode }: Coded): number => errorCode;

/** The first error of several results. */
export function worst(results: readonly Coded[]): number {
  return results.find(({ errorCode }) => errorCode !== ERROR.none)?.errorCode ?? ERROR.none;
}

/** @throws FencedError where another has taken over, ServiceError for any other error */
export function checkCode(code: number, transactionalId: string): void {
  if (code === ERROR.none) return;
  throw (
    fencedError(code, transactionalId) ??
    new ServiceError(
      code === ERROR.transactionalIdAuthorizationFailed
        ? `the broker does not allow this user to use the transactional id ${transactionalId}`
        : `a transaction of ${transactionalId} can't go on: the broker says ${errorName(code)}`,
    )
  );
}

/** @throws MembershipError where a member has lost its partitions */
export function checkMembership(code: number, group: string): void {
  if (!MEMBERSHIP_LOST.has(code)) return;
  throw new MembershipError(`the positions of group ${group} are not this copy's any more: ${errorName(code)}`);
}

const MEMBERSHIP_LOST = new Set<number>([
  ERROR.illegalGeneration,
  ERROR.unknownMemberId,
  ERROR.fencedInstanceId,
  ERROR.rebalanceInProgress,
]);
