/** Of all faults together; `npm run faults` has many. Each round has faults of its own, the same whenever it is run again. */
const ROUNDS = Number(process.env.FRESHET_FAULT_ROUNDS ?? 20);

/** How many rounds a story has. @param share of all rounds; there is always one */
export function roundsHere(share: number): number {
  return Math.max(1, Math.round(ROUNDS * share));
}
