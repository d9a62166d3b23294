import { nearestName } from '../records/nearest-name.js';
import { isWallForm, nanosOf } from '../records/time/form.js';
import { parseTimeNumber, parseTimeText } from '../records/time/parse-time.js';
import { timeNumberProblem, timeProblem } from '../records/time/time-problem.js';
import { expressionError } from './expression-error.js';
import { Always, ConditionCompare, Junction } from './logic.js';
import { NumberAgainstConstant, NumberAgainstNumber, NumberInList } from './number-conditions.js';
import { type Condition, FALSE, type Operand, TRUE, UNKNOWN } from './operand.js';
import type { Scope } from './scope.js';
import type { CompareOperator } from './syntax.js';
import { TextAgainstText, TextTest } from './text-conditions.js';
import { type Instant, TimeCompare } from './time-conditions.js';

/** Whether a comparison holds of two values with this order (negative, 0, positive). */
const HOLDS: Readonly<Record<CompareOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** The same comparison with its sides swapped. */
const SWAPPED: Readonly<Record<CompareOperator, CompareOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * Compares two operands of one kind; anything compared with null is unknown.
 * @throws UsageError where they are of different kinds
 */
export function compareOperands(
  scope: Scope,
  operator: CompareOperator,
  left: Operand,
  right: Operand,
  at: number,
): Condition {
  if (left.kind === 'null' || right.kind === 'null') return new Always(UNKNOWN);
  const made = ofKinds(scope, operator, left, right) ?? ofKinds(scope, SWAPPED[operator], right, left);
  if (made !== undefined) return made;
  throw expressionError(scope.text, at, `${left.name} can't be compared with ${right.name}`, hint(left, right));
}

function ofKinds(scope: Scope, operator: CompareOperator, left: Operand, right: Operand): Condition | undefined {
  const holds = HOLDS[operator];
  if (left.kind === 'number' && right.kind === 'number') {
    return right.constant === undefined
      ? new NumberAgainstNumber(operator, left.numeric, right.numeric)
      : new NumberAgainstConstant(operator, left.numeric, right.constant);
  }
  if (left.kind === 'condition' && right.kind === 'condition') {
    return new ConditionCompare(left.condition, right.condition, holds);
  }
  if (left.kind === 'textLiteral' && right.kind === 'textLiteral') {
    return new Always(holds(Buffer.compare(Buffer.from(left.text), Buffer.from(right.text))) ? TRUE : FALSE);
  }
  if (left.kind === 'text' && right.kind === 'text') return new TextAgainstText(left.path, right.path, holds);
  if (left.kind === 'text' && right.kind === 'textLiteral') return textTest(scope, left, right, holds);
  if (left.kind !== 'time') return undefined;
  if (right.kind === 'time') return new TimeCompare(left.path, right.path, holds);
  const instant = instantOf(scope, right);
  return instant === undefined ? undefined : new TimeCompare(left.path, instant, holds);
}

/** `in (…)`: true where one of the items is equal, else unknown where one of them is null. */
export function listOperands(scope: Scope, operand: Operand, items: readonly Operand[], at: number): Condition {
  if (operand.kind === 'null') return new Always(UNKNOWN);
  const others = items.filter((item) => item.kind !== 'null');
  const constants = others.flatMap((item) => (item.kind === 'number' ? (item.constant ?? []) : []));
  const texts = others.flatMap((item) => (item.kind === 'textLiteral' ? item : []));
  const conditions: Condition[] = others.length === items.length ? [] : [new Always(UNKNOWN)];
  if (operand.kind === 'number' && constants.length === others.length) {
    conditions.push(new NumberInList(operand.numeric, constants));
  } else if (operand.kind === 'text' && texts.length === others.length) {
    for (const item of texts) checkSymbol(scope, operand, item);
    const known = new Set(texts.map((item) => Buffer.from(item.text).toString('latin1')));
    conditions.push(new TextTest(operand.path, (bytes) => known.has(Buffer.from(bytes).toString('latin1'))));
  } else {
    conditions.push(...others.map((item) => compareOperands(scope, '=', operand, item, at)));
  }
  return new Junction('or', conditions);
}

type TextOperand = Extract<Operand, { kind: 'text' }>;
type TextLiteral = Extract<Operand, { kind: 'textLiteral' }>;

function textTest(scope: Scope, left: TextOperand, right: TextLiteral, holds: (order: number) => boolean): Condition {
  const wanted = Buffer.from(right.text);
  const { path, symbols } = left;
  if (symbols === undefined) return new TextTest(path, (bytes) => holds(Buffer.compare(bytes, wanted)));
  // Symbols are ordered as the enum lists them (Avro 1.12, "Sort Order").
  checkSymbol(scope, left, right);
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  const place = places.get(right.text) ?? 0;
  return new TextTest(path, (bytes) => holds((places.get(Buffer.from(bytes).toString()) ?? 0) - place));
}

function checkSymbol(scope: Scope, { path, symbols }: TextOperand, { text, at }: TextLiteral): void {
  if (symbols === undefined || symbols.includes(text)) return;
  const nearest = nearestName(text, symbols);
  throw expressionError(
    scope.text,
    at,
    `${path} is never '${text}'`,
    nearest === undefined ? `Its values are ${symbols.join(', ')}.` : `Did you mean '${nearest}'?`,
  );
}

/** What a time is compared with: an ISO 8601 text, or a number in the field's own unit. */
function instantOf(scope: Scope, other: Operand): Instant | undefined {
  const { schema, zone, text } = scope;
  if (other.kind === 'textLiteral') {
    const parsed = parseTimeText(other.text);
    if (parsed === undefined) {
      throw expressionError(text, other.at, timeProblem(other.text) ?? `'${other.text}' is not a time`);
    }
    const millis = isWallForm(parsed.form) ? zone.toInstant(parsed.millis) : parsed.millis;
    return { millis, nanos: nanosOf(parsed.form) };
  }
  const unit = schema.time?.unit;
  if (other.kind !== 'number' || other.constant === undefined || unit === undefined || unit === 'iso') return undefined;
  const parsed = parseTimeNumber(other.constant, unit);
  if (parsed === undefined) {
    throw expressionError(text, other.at, timeNumberProblem(other.constant, unit) ?? `${other.constant} is not a time`);
  }
  return { millis: parsed.millis, nanos: nanosOf(parsed.form) };
}

function hint(left: Operand, right: Operand): string | undefined {
  const literal = [left, right].find((one) => one.kind === 'textLiteral');
  const other = literal === left ? right : left;
  if (literal?.kind === 'textLiteral' && other.kind === 'number' && /^-?[0-9.]+$/.test(literal.text)) {
    return `Write the number without quotes: ${literal.text}.`;
  }
  const number = [left, right].find((one) => one.kind === 'number' && one.constant !== undefined);
  const text = number === left ? right : left;
  if (number?.kind === 'number' && (text.kind === 'text' || text.kind === 'time')) {
    return `Write ${text.kind === 'text' ? 'a text' : 'a time'} in single quotes: '${text.kind === 'text' ? number.constant : '2017-08-02'}'.`;
  }
  return undefined;
}
