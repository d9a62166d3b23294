/** An identifier, whatever characters it has: Cassandra takes others for lower case. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
