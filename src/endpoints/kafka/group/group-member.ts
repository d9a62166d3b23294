import { type Cluster, GivenUp, topicGone, UNKNOWN_MS } from '../client/cluster.js';
import { isOutage } from '../client/connection.js';
import type { TopicPartition } from '../fetch-queue.js';
import type { Call } from '../protocol/call.js';
import { ERROR, passes } from '../protocol/error-codes.js';
import { findCoordinator } from '../protocol/find-coordinator.js';
import { commitOffsets, fetchOffsets, heartbeat, joinGroup, leaveGroup, syncGroup } from '../protocol/groups.js';
import type { Membership, Position } from '../protocol/positions.js';
import {
  ASSIGNOR,
  assign,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeRefusal,
  encodeSubscription,
  type PartOf,
  type Subscription,
} from './assignment.js';
import { groupRefused, MembershipLost, readsElse, setOf } from './group-errors.js';

/** A member that is killed is missed after this long. */
const SESSION_TIMEOUT_MS = 6000;
const HEARTBEAT_MS = 1500;
/** How long members may take to flush and commit before partitions move. */
const REBALANCE_TIMEOUT_MS = 60_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

export interface GroupOptions {
  readonly cluster: Cluster;
  readonly group: string;
  /** What the group reads, as the user says it: members that read something else are refused. */
  readonly reads: readonly string[];
  /** How many partitions each topic has; it may grow. */
  readonly topics: ReadonlyMap<string, number>;
  readonly partOf: PartOf;
  /** Called when partitions are about to move: what was read is to be flushed and committed, then join() called. */
  readonly onRebalance: () => void;
  /** Called when heartbeats fail for good. */
  readonly onError: (error: unknown) => void;
}

/**
 * One copy among those that share a group's partitions, by Kafka's classic group protocol. Its partitions are its own
 * from join() until join() is called again: in between all members have committed.
 */
export class GroupMember {
  readonly #options: GroupOptions;
  #membership: Membership;
  #owned: readonly TopicPartition[] = [];
  #coordinator: number | undefined;
  #beating: NodeJS.Timeout | undefined;
  #beat = false;
  /** When the coordinator was asked last that took this for a member, by two clocks: one stands still while a machine sleeps. */
  #heard = { steady: 0, wall: 0 };
  #told = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#membership = { group: options.group, generation: -1, member: '' };
  }

  get membership(): Membership {
    return this.#membership;
  }

  /**
   * Joins, or joins again.
   * @returns this member's partitions
   * @throws UsageError where the group's members read something else; ServiceError where Kafka refuses
   */
  async join(): Promise<readonly TopicPartition[]> {
    this.#stopBeating();
    for (;;) {
      const owned = await this.#joinOnce();
      if (owned === undefined) continue;
      this.#owned = owned;
      this.#told = false;
      this.#startBeating();
      return owned;
    }
  }

  /**
   * What the group has committed; an offset of -1: nothing yet.
   * @param unstable called again and again while a transaction that some of it was committed in has not ended everywhere
   */
  async committed(partitions: readonly TopicPartition[], unstable?: () => Promise<void>): Promise<Position[]> {
    if (partitions.length === 0) return [];
    for (let pause = FIRST_PAUSE_MS; ; pause = await longer(pause)) {
      const { errorCode, positions } = await this.#ask(fetchOffsets(this.#options.group, partitions));
      const code =
        errorCode === ERROR.none ? positions.find((one) => one.errorCode !== ERROR.none)?.errorCode : errorCode;
      if (code === undefined) return positions;
      if (!passes(code)) throw this.#refused('its positions are asked for', code);
      if (code === ERROR.notCoordinator) this.#coordinator = undefined;
      if (code === ERROR.unstableOffsetCommit) await unstable?.();
    }
  }

  /**
   * Commits positions.
   * @throws MembershipLost when the partitions are not this member's any more
   */
  async commit(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    const started = performance.now();
    for (let pause = FIRST_PAUSE_MS; ; pause = await longer(pause)) {
      const answers = await this.#ask(commitOffsets(this.#membership, positions));
      const refused = answers.find((one) => one.errorCode !== ERROR.none);
      if (refused === undefined) return;
      const { errorCode: code, topic } = refused;
      // While others join again, those who have not yet may still commit.
      if (code === ERROR.rebalanceInProgress) this.#tellRebalance();
      if (code === ERROR.rebalanceInProgress || isLost(code)) throw new MembershipLost(code);
      if (code === ERROR.unknownTopicOrPartition && performance.now() - started > UNKNOWN_MS) throw topicGone(topic);
      if (!passes(code)) throw this.#refused('positions are committed', code);
      if (code === ERROR.notCoordinator) this.#coordinator = undefined;
    }
  }

  /**
   * Asks the group whether it still counts on this member, where it may have missed it by now: the process may have been
   * stopped for a while.
   * @throws MembershipLost where it does not
   */
  async check(): Promise<void> {
    const { steady, wall } = this.#heard;
    const since = Math.max(performance.now() - steady, Date.now() - wall);
    if (since < SESSION_TIMEOUT_MS - HEARTBEAT_MS) return;
    for (let pause = FIRST_PAUSE_MS; ; pause = await longer(pause)) {
      const code = await this.#heartbeat();
      if (isLost(code)) throw new MembershipLost(code);
      if (code === ERROR.none || code === ERROR.rebalanceInProgress) return;
      if (!passes(code)) throw this.#refused('it is asked whether this member lives', code);
      if (code === ERROR.notCoordinator) this.#coordinator = undefined;
    }
  }

  /** Leaves, so that others need not wait until it is missed. */
  async leave(): Promise<void> {
    this.#stopBeating();
    if (this.#membership.member === '' || this.#coordinator === undefined) return;
    // If it is not heard the session ends by itself.
    await this.#options.cluster.send(this.#coordinator, leaveGroup(this.#membership), 'group').catch(() => {});
    this.#membership = { ...this.#membership, generation: -1, member: '' };
  }

  async #joinOnce(): Promise<readonly TopicPartition[] | undefined> {
    const { group, reads, topics } = this.#options;
    const metadata = encodeSubscription([...topics.keys()], { reads, owned: this.#owned });
    const joined = await this.#ask(
      joinGroup({
        group,
        sessionTimeout: SESSION_TIMEOUT_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        member: this.#membership.member,
        protocol: ASSIGNOR,
        metadata,
      }),
    );
    if (joined.errorCode === ERROR.memberIdRequired) {
      this.#membership = { ...this.#membership, member: joined.member };
      return undefined;
    }
    if (joined.errorCode !== ERROR.none) return this.#again('the group is joined', joined.errorCode);
    const { generation, member, leader, members } = joined;
    this.#membership = { group, generation, member };
    const given =
      leader === member ? await this.#assign(members.map((one) => decodeSubscription(one.member, one.metadata))) : [];
    const asked = now();
    const synced = await this.#ask(syncGroup(this.#membership, REBALANCE_TIMEOUT_MS, given));
    if (synced.errorCode !== ERROR.none) return this.#again('partitions are shared', synced.errorCode);
    this.#heard = asked;
    const assigned = decodeAssignment(synced.assignment);
    if ('partitions' in assigned) return assigned.partitions;
    await this.leave();
    throw readsElse(group, reads, assigned.reads);
  }

  /**
   * Shares partitions among those that read what the group reads: what is at work is not disturbed by a newcomer.
   * @throws UsageError where this member is none of them
   */
  async #assign(members: readonly Subscription[]): Promise<{ member: string; assignment: Uint8Array }[]> {
    const { topics, partOf, group, ...own } = this.#options;
    const ours = setOf(own.reads);
    const reads = members.find(({ owned }) => owned.length > 0)?.reads ?? own.reads;
    if (setOf(reads) !== ours) {
      await this.leave();
      throw readsElse(group, own.reads, reads);
    }
    const refused = members.filter((one) => setOf(one.reads) !== ours);
    const shares = assign(
      members.filter((one) => !refused.includes(one)),
      topics,
      partOf,
    );
    return [
      ...[...shares].map(([member, partitions]) => ({ member, assignment: encodeAssignment(partitions) })),
      ...refused.map(({ member }) => ({ member, assignment: encodeRefusal(reads) })),
    ];
  }

  /** After an error of joining: undefined where joining again helps. */
  async #again(doing: string, code: number): Promise<undefined> {
    if (code === ERROR.unknownMemberId || code === ERROR.illegalGeneration) {
      this.#membership = { ...this.#membership, generation: -1, member: '' };
      return undefined;
    }
    if (code === ERROR.notCoordinator) this.#coordinator = undefined;
    if (code !== ERROR.rebalanceInProgress && !passes(code)) throw this.#refused(doing, code);
    await longer(FIRST_PAUSE_MS);
    return undefined;
  }

  #refused(doing: string, code: number): Error {
    return groupRefused(this.#options.group, doing, code);
  }

  /** Asks the group's coordinator, wherever it moves; as long as it takes. */
  async #ask<T>(call: Call<T>): Promise<T> {
    const { cluster, group } = this.#options;
    for (let pause = FIRST_PAUSE_MS; ; pause = await longer(pause)) {
      try {
        if (this.#coordinator === undefined) {
          const { errorCode, node } = await cluster.anyone(findCoordinator('group', group));
          if (errorCode === ERROR.none) this.#coordinator = node;
          else if (!passes(errorCode)) throw this.#refused('its coordinator is looked for', errorCode);
        }
        if (this.#coordinator !== undefined) return await cluster.send(this.#coordinator, call, 'group');
      } catch (error) {
        if (!isOutage(error)) throw error;
        this.#coordinator = undefined;
        await cluster.refresh([...this.#options.topics.keys()]).catch((failure: unknown) => {
          if (failure instanceof GivenUp) throw failure;
        });
      }
    }
  }

  #startBeating(): void {
    this.#beat = true;
    const next = (): void => {
      this.#beating = setTimeout(() => {
        void this.#beatOnce()
          .catch(this.#options.onError)
          .finally(() => {
            if (this.#beat) next();
          });
      }, HEARTBEAT_MS);
      this.#beating.unref();
    };
    next();
  }

  #stopBeating(): void {
    this.#beat = false;
    clearTimeout(this.#beating);
  }

  async #beatOnce(): Promise<void> {
    const code = await this.#heartbeat();
    if (!this.#beat || code === ERROR.none) return;
    if (code === ERROR.rebalanceInProgress || isLost(code)) this.#tellRebalance();
    else if (code === ERROR.notCoordinator) this.#coordinator = undefined;
    else if (!passes(code)) throw this.#refused('it is told that this member lives', code);
  }

  async #heartbeat(): Promise<number> {
    const asked = now();
    const code = await this.#ask(heartbeat(this.#membership));
    if (code === ERROR.none || code === ERROR.rebalanceInProgress) this.#heard = asked;
    return code;
  }

  #tellRebalance(): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.onRebalance();
  }
}

function isLost(code: number): boolean {
  return code === ERROR.unknownMemberId || code === ERROR.illegalGeneration || code === ERROR.fencedInstanceId;
}

function now(): { steady: number; wall: number } {
  return { steady: performance.now(), wall: Date.now() };
}

/** Waits, and says how long to wait the next time. */
async function longer(pause: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
  return Math.min(2 * pause, LONGEST_PAUSE_MS);
}
