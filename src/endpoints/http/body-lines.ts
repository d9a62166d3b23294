import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from './answers.js';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** How a body is framed: a JSON text, one on each line, or whichever of both it looks like. */
export type Framing = 'text' | 'lines' | 'either';

const LINES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'];
/** What curl says of `-d` unless told, and what those say who say nothing. */
const EITHER = ['', 'application/x-www-form-urlencoded', 'text/plain', 'application/octet-stream'];

/** How a request's body is framed by what its head says of it, or why that is not taken. */
export function framingOf(headers: IncomingHttpHeaders): Framing | Problem {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const media = type.trim();
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    return unsupported(`a body is not to be compressed (${encoding})`, { 'accept-encoding': 'identity' });
  }
  const charset = parameters.map((one) => /^\s*charset="?([\w-]+)"?\s*$/.exec(one)?.[1]).find(Boolean) ?? 'utf-8';
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset)) return unsupported(`JSON is UTF-8, not ${charset}`);
  if (LINES.includes(media)) return 'lines';
  if (/^(application|text)\/([\w.-]+\+)?json$/.test(media)) return 'text';
  // A page of another site may send these from within a browser without being asked for leave; JSON it may not.
  if (EITHER.includes(media) && headers.origin === undefined) return 'either';
  return unsupported(`a body of type ${media || '(none)'} is not taken`, {
    'accept-post': 'application/json, application/x-ndjson',
  });
}

function unsupported(what: string, headers: Record<string, string> = {}): Problem {
  return { status: 415, detail: `${what}: send application/json or application/x-ndjson`, headers };
}

/**
 * A body as JSON lines, which end with a line feed. The line feeds of one text become carriage returns, which mean the
 * same between values and are as wrong within one.
 * @param body is changed
 */
export function linesOf(body: Uint8Array, framing: Framing): Uint8Array {
  const bytes = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
  if (bytes.at(-1) === LINE_FEED && bytes.indexOf(LINE_FEED) === bytes.length - 1) return bytes;
  if (framing === 'text' || (framing === 'either' && !firstLineIsWhole(bytes))) {
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) bytes[at] = CARRIAGE_RETURN;
  }
  if (bytes.at(-1) === LINE_FEED) return bytes;
  const lines = new Uint8Array(bytes.length + 1);
  lines.set(bytes);
  lines[bytes.length] = LINE_FEED;
  return lines;
}

/** Whether the first line that is not blank holds a JSON text of its own. */
function firstLineIsWhole(bytes: Uint8Array): boolean {
  if (!bytes.includes(LINE_FEED)) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().trimStart();
  const end = text.indexOf('\n');
  try {
    JSON.parse(end < 0 ? text : text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}
