import { isUtf8 } from 'node:buffer';
import { describe, type Fit, fallbackOf, fitValue, shown } from '../../records/fit-value.js';
import { JsonError, parseJson } from '../../records/json-text.js';
import { writtenTime, writtenTimeProblem } from '../../records/time-column.js';
import type { Value } from '../../records/value.js';
import { cellKind, emptyCell } from './cell-kind.js';
import type { FieldPlace } from './field-place.js';
import type { Cell } from './split-record.js';

const NUMBER = /^([+-]?)0*(\d*)(?:\.(\d*))?((?:e[+-]?\d+)?)$/i;
const NO_NUMBER = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Why it can't be a cell, whatever the field. */
export function cellProblem({ bytes, hasBareNul }: Cell): string | undefined {
  if (!isUtf8(bytes)) return 'is not valid UTF-8';
  return hasBareNul ? 'has a NUL byte' : undefined;
}

/**
 * Reads one cell of a field, as the kernel does (kernel/assembly/csv-cell.ts), to say why it does not fit. A cell that
 * is empty, and must not be unless the record around it is null, counts as null.
 */
export function readCell(place: FieldPlace, { bytes, quoted }: Cell): Fit {
  const { path, field, timeUnit } = place;
  const kind = cellKind(place);
  const whole = bytes.toString('utf8');
  const text = kind === 'text' ? whole : whole.replace(/^ +| +$/g, '');
  if (text === '' && !(quoted && kind === 'text')) return readEmpty(place);
  const misfit = { problem: `field ${path} must be ${describe(field.type)}, not ${shown(text)}` };
  switch (kind) {
    case 'text':
      return { value: text };
    case 'time':
      return writtenTime(text, 'iso') === undefined
        ? { problem: writtenTimeProblem(path, text, 'iso') }
        : { value: text };
    case 'integer':
    case 'number': {
      const value = readNumber(text, timeUnit === undefined && ['float', 'double'].includes(field.type.kind));
      if (value === undefined) return misfit;
      const fit = fitValue(field.type, value, path);
      if (fit.problem !== undefined || timeUnit === undefined || timeUnit === 'iso') return fit;
      return writtenTime(value, timeUnit) === undefined ? { problem: writtenTimeProblem(path, value, timeUnit) } : fit;
    }
    case 'bool': {
      const value = BOOLEANS[text.toLowerCase()];
      return value === undefined ? misfit : { value };
    }
    case 'enum':
      return fitValue(field.type, text, path);
    case 'json':
      return readJson(place, text);
  }
}

function readEmpty(place: FieldPlace): Fit {
  switch (emptyCell(place)) {
    case 'null':
    case 'hole':
      return { value: null };
    case 'default':
      return { value: fallbackOf(place.field) ?? null };
    case 'text':
      return { value: '' };
    case 'refused':
      return { problem: `field ${place.path} is empty` };
  }
}

/** A finite number exactly, or NaN and the infinities as fitValue() takes them; undefined where it is none. */
function readNumber(text: string, orNone: boolean): Value | undefined {
  const [, noSign, nan] = (orNone && NO_NUMBER.exec(text)) || [];
  if (noSign !== undefined) return nan === undefined ? `${noSign === '-' ? '-' : ''}Infinity` : 'NaN';
  const [, sign = '', whole = '', fraction = '', power = ''] = NUMBER.exec(text) ?? [];
  if (!/\d/.test(text.replace(/e.*/i, '')) || !NUMBER.test(text)) return undefined;
  const point = fraction === '' ? '' : `.${fraction}`;
  try {
    return parseJson(`${sign === '-' ? '-' : ''}${whole || '0'}${point}${power}`);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function readJson({ path, field }: FieldPlace, text: string): Fit {
  try {
    return fitValue(field.type, parseJson(text), path);
  } catch (error) {
    if (error instanceof JsonError) return { problem: `field ${path}: ${error.message}` };
    throw error;
  }
}
