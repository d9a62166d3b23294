import type { AbortedTransaction } from '../protocol/fetch.js';
import type { RecordBatch } from './record-batch.js';

/**
 * Which batches of a partition are not to be read: the markers of transactions, and what aborted transactions wrote. A
 * broker lists the aborted transactions of what it answers; each ends with its producer's next marker.
 */
export class AbortedRecords {
  /** First offsets of aborted transactions by producer, ascending. */
  readonly #coming = new Map<bigint, number[]>();
  readonly #open = new Set<bigint>();

  /** Takes the list of one answer; lists overlap. */
  add(transactions: readonly AbortedTransaction[]): void {
    for (const { producerId, firstOffset } of transactions) {
      const offsets = this.#coming.get(producerId) ?? [];
      this.#coming.set(producerId, offsets);
      if (!offsets.includes(firstOffset)) offsets.push(firstOffset);
      offsets.sort((a, b) => a - b);
    }
  }

  /** Whether a batch holds no records to read; to be asked of every batch, in order. */
  leavesOut({ producerId, control, transactional, baseOffset, lastOffset }: RecordBatch): boolean {
    if (control) {
      this.#open.delete(producerId);
      const offsets = this.#coming.get(producerId);
      // The transaction that this marker ends is behind us.
      while (offsets !== undefined && offsets.length > 0 && offsets[0] < baseOffset) offsets.shift();
      if (offsets?.length === 0) this.#coming.delete(producerId);
      return true;
    }
    if (!transactional) return false;
    const [first = Number.POSITIVE_INFINITY] = this.#coming.get(producerId) ?? [];
    if (first <= lastOffset) this.#open.add(producerId);
    return this.#open.has(producerId);
  }
}
