// Where the values of the first record lie, for learning its layout.

/** Where entries are written; 0 while nothing is traced. */
export let trace: usize = 0;
let traceCount: i32 = 0;
let traceLimit: i32 = 0;
const TRACE_BYTES: usize = 16;

export function startTrace(at: usize, limit: i32): void {
  trace = at;
  traceCount = 0;
  traceLimit = limit;
}

/** Ends tracing; the number of entries, or -1 if there were too many. */
export function endTrace(): i32 {
  trace = 0;
  return traceCount > traceLimit ? -1 : traceCount;
}

/** Traces nothing until resumeTrace() gets what this returns: what is in a value is no part of the layout. */
export function pauseTrace(): usize {
  const paused = trace;
  trace = 0;
  return paused;
}

export function resumeTrace(paused: usize): void {
  trace = paused;
}

export function traced(node: usize, start: usize, end: usize): void {
  if (traceCount < traceLimit) {
    const entry = trace + (<usize>traceCount) * TRACE_BYTES;
    store<u32>(entry, <u32>start);
    store<u32>(entry, <u32>end, 4);
    store<u32>(entry, <u32>node, 8);
  }
  traceCount++;
}
