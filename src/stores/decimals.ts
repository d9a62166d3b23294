import type { Decimal } from '../records/decimal.js';

/** The digits of an Avro decimal (Avro 1.12, "Decimal"): big-endian two's complement, `scale` digits behind the point. */
export function decimalText(bytes: Uint8Array, { scale }: Pick<Decimal, 'scale'>): string {
  const hex = Buffer.from(bytes).toString('hex');
  const whole = BigInt.asIntN(8 * bytes.length, BigInt(hex === '' ? 0 : `0x${hex}`));
  const digits = `${whole < 0n ? -whole : whole}`.padStart(scale + 1, '0');
  const point = digits.length - scale;
  const fraction = scale === 0 ? '' : `.${digits.slice(point)}`;
  return `${whole < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}

/** The inverse, in as few bytes as it takes, or in `size` of them; undefined where the text does not fit. */
export function decimalBytes(text: string, { scale }: Pick<Decimal, 'scale'>, size?: number): Uint8Array | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '0', fraction = ''] = parts;
  if (fraction.slice(scale).replaceAll('0', '') !== '') return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  const value = sign === '-' ? -digits : digits;
  let length = size ?? 1;
  while (BigInt.asIntN(8 * length, value) !== value) {
    if (size !== undefined) return undefined;
    length++;
  }
  const bits = BigInt.asUintN(8 * length, value);
  return Buffer.from(bits.toString(16).padStart(2 * length, '0'), 'hex');
}
