/** Smaller answers are not worth keeping. */
const LEAST_BYTES = 64 * 1024;
/** Blocks of one size that are kept. */
const MOST_KEPT = 4;

/**
 * The memory of large answers, to be used again: V8 otherwise collects garbage for every few megabytes that are read,
 * and the system gives pages that are cleared first.
 */
class AnswerPool {
  readonly #free = new Map<number, ArrayBuffer[]>();

  /** Room for an answer of so many bytes, not cleared. */
  take(bytes: number): Buffer {
    if (bytes < LEAST_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const block = this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size).buffer;
    return Buffer.from(block, 0, bytes);
  }

  /** Takes back what take() gave, or any part of it: nobody may look at it any more. */
  give({ buffer }: Uint8Array): void {
    const size = buffer.byteLength;
    if (size < LEAST_BYTES || (size & (size - 1)) !== 0 || !(buffer instanceof ArrayBuffer)) return;
    const kept = this.#free.get(size) ?? [];
    this.#free.set(size, kept);
    if (kept.length < MOST_KEPT) kept.push(buffer);
  }
}

export const answerPool = new AnswerPool();
