/** The logical type decimal: the bytes are a big-endian whole number, of which `scale` digits stand behind the point. */
export interface Decimal {
  readonly precision: number;
  readonly scale: number;
}

/** The decimal that a type's attributes declare (Avro 1.12, "Decimal"); undefined where they declare no valid one. */
export function decimalOf(json: { logicalType?: unknown; precision?: unknown; scale?: unknown }): Decimal | undefined {
  const { logicalType, precision, scale = 0 } = json;
  if (logicalType !== 'decimal' || typeof precision !== 'number' || typeof scale !== 'number') return undefined;
  const isValid =
    Number.isInteger(precision) && Number.isInteger(scale) && precision > 0 && scale >= 0 && scale <= precision;
  return isValid ? { precision, scale } : undefined;
}
