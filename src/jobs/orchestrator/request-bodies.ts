import type { Problem } from '../../endpoints/http/answers.js';
import type { Submission } from '../job.js';

/** What the first orchestrator took besides a name: settings of Spark, which its backend will know. */
export const SPARK_SETTINGS = [
  'sparkMasterUi',
  'appResource',
  'clientSparkVersion',
  'mainClass',
  'sparkJars',
  'sparkMaster',
] as const;

export interface Ratio {
  readonly ratio: number;
  readonly applicationName: string;
}

/** `{name | sparkAppName, settings?, …settings of Spark}`. @param body undefined for what is no JSON */
export function submissionOf(body: unknown): Submission | Problem {
  if (!isObject(body)) return unfit(body === undefined ? 'the body is no JSON text' : 'an object is expected');
  const { name, sparkAppName, settings = {}, ...rest } = body;
  if (name !== undefined && sparkAppName !== undefined) return unfit('name and sparkAppName mean the same: give one');
  const called = name ?? sparkAppName;
  if (typeof called !== 'string') return unfit('name or sparkAppName must be there, and a text');
  if (!isObject(settings)) return unfit('settings must be an object of texts');
  const unknown = Object.keys(rest).find((key) => !SPARK_SETTINGS.some((one) => one === key));
  if (unknown !== undefined) return unfit(`${shown(unknown)} is not known: name, settings and Spark's are`);
  const texts: [string, string][] = [];
  for (const [key, value] of Object.entries({ ...rest, ...settings })) {
    if (typeof value !== 'string') return unfit(`${shown(key)} must be a text`);
    texts.push([key, value]);
  }
  return { name: called, settings: Object.fromEntries(texts) };
}

/** `{ratio, applicationName}`. @param body undefined for what is no JSON */
export function ratioOf(body: unknown): Ratio | Problem {
  if (!isObject(body)) return unfit(body === undefined ? 'the body is no JSON text' : 'an object is expected');
  const { ratio, applicationName } = body;
  const unknown = Object.keys(body).find((key) => key !== 'ratio' && key !== 'applicationName');
  if (unknown !== undefined) return unfit(`${shown(unknown)} is not known: ratio and applicationName are`);
  if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) return unfit('ratio must be a number from 0 to 1');
  if (typeof applicationName !== 'string') return unfit('applicationName must be there, and a text');
  return { ratio, applicationName };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unfit(detail: string): Problem {
  return { status: 400, detail };
}

/** A client's own word within an answer. */
function shown(text: string): string {
  return JSON.stringify(text.length > 50 ? `${text.slice(0, 50)}…` : text);
}
