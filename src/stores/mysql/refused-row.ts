/** A row of a batch that its table can't hold: the others of its transaction are written without it. */
export class RefusedRow extends Error {
  /** @param reason a sentence without a full stop */
  constructor(
    readonly row: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}
