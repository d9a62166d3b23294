/** What ends the benchmark with a sentence. */
export class BenchError extends Error {}
