import { describe } from '../records/fit-value.js';
import { nearestName } from '../records/nearest-name.js';
import { fieldAt, leafPaths } from '../records/schema.js';
import { compareOperands, listOperands } from './comparisons.js';
import { expressionError } from './expression-error.js';
import { likeTest } from './like-pattern.js';
import { Always, BoolField, Junction, Negation, NullTest } from './logic.js';
import { Arithmetic, NumberColumn, NumberConstant } from './numerics.js';
import { type Condition, FALSE, type Numeric, type Operand, TRUE, UNKNOWN } from './operand.js';
import type { Scope } from './scope.js';
import type { Literal, Syntax } from './syntax.js';
import { TextTest } from './text-conditions.js';
import { TimeTextTest } from './time-conditions.js';

const decoder = new TextDecoder();

/**
 * Looks up an expression's names and checks its types, before any data is read.
 * @throws UsageError that points to the place
 */
export class Binder {
  readonly scope: Scope;
  /** Paths of the fields that the expression reads. */
  readonly reads = new Set<string>();

  constructor(scope: Scope) {
    this.scope = scope;
  }

  condition(syntax: Syntax): Condition {
    const operand = this.operand(syntax);
    if (operand.kind === 'condition') return operand.condition;
    if (operand.kind === 'null') return new Always(UNKNOWN);
    throw this.#error(operand.at, `a condition is needed, and ${operand.name} is none`);
  }

  operand(syntax: Syntax): Operand {
    const { at } = syntax;
    const condition = (made: Condition): Operand => ({ kind: 'condition', condition: made, name: 'a condition', at });
    const perhapsNot = (made: Condition, negated: boolean): Operand => condition(negated ? new Negation(made) : made);
    switch (syntax.kind) {
      case 'literal':
        return literalOperand(syntax.value, at);
      case 'path':
        return this.#field(syntax.path, at);
      case 'negative':
      case 'arithmetic':
        return this.#arithmetic(syntax);
      case 'compare': {
        const [left, right] = [this.operand(syntax.left), this.operand(syntax.right)];
        return condition(compareOperands(this.scope, syntax.operator, left, right, at));
      }
      case 'and':
      case 'or':
        return condition(
          new Junction(
            syntax.kind,
            syntax.items.map((item) => this.condition(item)),
          ),
        );
      case 'not':
        return condition(new Negation(this.condition(syntax.operand)));
      case 'in': {
        const items = syntax.items.map((item) => this.operand(item));
        return perhapsNot(listOperands(this.scope, this.operand(syntax.operand), items, at), syntax.negated);
      }
      case 'like':
        return perhapsNot(this.#like(syntax), syntax.negated);
      case 'between': {
        const [operand, low, high] = [syntax.operand, syntax.low, syntax.high].map((one) => this.operand(one));
        const above = compareOperands(this.scope, '>=', operand, low, low.at);
        const below = compareOperands(this.scope, '<=', operand, high, high.at);
        return perhapsNot(new Junction('and', [above, below]), syntax.negated);
      }
      case 'isNull':
        return perhapsNot(nullTest(this.operand(syntax.operand)), syntax.negated);
    }
  }

  #field(path: string, at: number): Operand {
    const { schema } = this.scope;
    const field = fieldAt(schema, path);
    if (field === undefined) throw this.#unknownField(path, at);
    this.reads.add(path);
    const { type } = field;
    const name = `${path} (${describe(type)})`;
    if (schema.time?.path === path) {
      return { kind: 'time', path, numeric: schema.time.unit !== 'iso', name: `${path} (a time)`, at };
    }
    switch (type.kind) {
      case 'boolean':
        return { kind: 'condition', condition: new BoolField(path), name, at };
      case 'int':
      case 'long':
        return { kind: 'number', numeric: new NumberColumn(path, true), name, at };
      case 'float':
      case 'double':
        return { kind: 'number', numeric: new NumberColumn(path, false), name, at };
      case 'string':
        return { kind: 'text', path, name, at };
      case 'enum':
        return { kind: 'text', path, symbols: type.symbols, name, at };
      default:
        return { kind: 'nested', path, name, at };
    }
  }

  #unknownField(path: string, at: number): Error {
    const { schema, text } = this.scope;
    const names = [...schema.fields.map((field) => field.name), ...leafPaths(schema.fields)];
    const nearest = nearestName(path, names);
    const what = `there is no field ${path} in ${schema.name}`;
    if (nearest !== undefined) return expressionError(text, at, what, `Did you mean ${nearest}?`);
    const fields = `The fields are ${[...new Set(leafPaths(schema.fields))].join(', ')}.`;
    return expressionError(text, at, what, `${fields} A text is written in single quotes: '${path}'.`);
  }

  #arithmetic(syntax: Extract<Syntax, { kind: 'arithmetic' | 'negative' }>): Operand {
    const { at } = syntax;
    const made = (numeric: Numeric): Operand => ({ kind: 'number', numeric, name: 'a number', at });
    if (syntax.kind === 'negative') {
      return made(new Arithmetic('-', new NumberConstant(0), this.#number(syntax.operand)));
    }
    return made(new Arithmetic(syntax.operator, this.#number(syntax.left), this.#number(syntax.right)));
  }

  #number(syntax: Syntax): Numeric {
    const operand = this.operand(syntax);
    if (operand.kind === 'number') return operand.numeric;
    throw this.#error(operand.at, `only numbers can be computed with, and ${operand.name} is none`);
  }

  #like(syntax: Extract<Syntax, { kind: 'like' }>): Condition {
    const operand = this.operand(syntax.operand);
    const test = likeTest(syntax.pattern, syntax.escape);
    if (typeof test === 'string') throw this.#error(syntax.patternAt, test);
    const onBytes = (bytes: Uint8Array): boolean => test(decoder.decode(bytes));
    switch (operand.kind) {
      case 'text':
        return new TextTest(operand.path, onBytes);
      case 'time':
        return new TimeTextTest(operand.path, onBytes);
      case 'textLiteral':
        return new Always(test(operand.text) ? TRUE : FALSE);
      case 'null':
        return new Always(UNKNOWN);
      default:
        throw this.#error(operand.at, `\`like\` compares texts, and ${operand.name} is none`);
    }
  }

  #error(at: number, what: string): Error {
    return expressionError(this.scope.text, at, what);
  }
}

function literalOperand(value: Literal, at: number): Operand {
  switch (typeof value) {
    case 'string':
      return { kind: 'textLiteral', text: value, name: `'${value}' (a text)`, at };
    case 'number':
    case 'bigint':
      return { kind: 'number', numeric: new NumberConstant(value), constant: value, name: `${value} (a number)`, at };
    case 'boolean':
      return { kind: 'condition', condition: new Always(value ? TRUE : FALSE), name: `${value} (a boolean)`, at };
    default:
      return { kind: 'null', name: 'null', at };
  }
}

function nullTest(operand: Operand): Condition {
  switch (operand.kind) {
    case 'text':
    case 'time':
    case 'nested':
      return NullTest.ofField(operand.path);
    case 'number':
      return NullTest.ofNumber(operand.numeric);
    case 'condition':
      return NullTest.ofCondition(operand.condition);
    default:
      return new Always(operand.kind === 'null' ? TRUE : FALSE);
  }
}
