import { FreshetError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import { type Plan, type RecordPlan, resolveRecord } from './resolve.js';
import { parseWireType } from './wire-type.js';

/**
 * Whether data written with one schema can be read with another (Avro 1.12, "Schema Resolution"): what stands in the
 * way, a sentence each; none where every record can. A branch of a union or a symbol that the reader lacks is among
 * them, although records that don't use it can be read.
 * @param writer the writer's schema as JSON
 * @param name what to call the writer's data
 */
export function checkCompatible(reader: RecordSchema, writer: unknown, name: string): string[] {
  try {
    const problems: string[] = [];
    const plan = resolveRecord(parseWireType(writer, name), reader, name);
    collect(plan, '', problems, new Set());
    return problems;
  } catch (error) {
    if (error instanceof FreshetError) return [error.message];
    throw error;
  }
}

function collect(plan: Plan, path: string, problems: string[], seen: Set<RecordPlan>): void {
  switch (plan.kind) {
    case 'misfit':
      problems.push(`field ${path} ${plan.what} in some records, which the schema does not allow`);
      break;
    case 'enum':
      for (const [at, symbol] of plan.written.entries()) {
        if (plan.symbols[at] !== undefined) continue;
        problems.push(`field ${path} is ${symbol} in some records, which the schema does not allow`);
      }
      break;
    case 'union':
      for (const branch of plan.branches) collect(branch, path, problems, seen);
      break;
    case 'array':
      collect(plan.items, `${path}[]`, problems, seen);
      break;
    case 'map':
      collect(plan.values, `${path}{}`, problems, seen);
      break;
    case 'record':
      if (seen.has(plan)) break;
      seen.add(plan);
      for (const field of plan.fields) {
        if (field.name === undefined) continue;
        collect(field.plan, path === '' ? field.name : `${path}.${field.name}`, problems, seen);
      }
      break;
    default:
      break;
  }
}
