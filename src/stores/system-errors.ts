/** What is told of errors by which a server can't be reached; absent: their own message says it. */
const AWAY: ReadonlyMap<string, string | undefined> = new Map([
  ['ECONNREFUSED', 'nobody listens there'],
  ['ECONNRESET', 'the connection is lost'],
  ['ECONNABORTED', undefined],
  ['EHOSTUNREACH', undefined],
  ['ENETUNREACH', undefined],
  ['ENOENT', 'there is no such socket'],
  ['ENOTFOUND', 'the name of the server is not known'],
  ['EAI_AGAIN', 'the name of the server is not known'],
  ['EPIPE', 'the connection is lost'],
  ['ETIMEDOUT', 'no answer'],
]);

/** Whether an error of the operating system, or of a lookup of a name, says that a server can't be reached now. */
export function isSystemAway(error: unknown): boolean {
  const code = systemCode(error);
  return code !== undefined && AWAY.has(code);
}

/** Why, in a few words. */
export function whySystemAway(error: unknown): string {
  return AWAY.get(systemCode(error) ?? '') ?? messageOf(error);
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
