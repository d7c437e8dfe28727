// SPDX-License-Identifier: MIT

export interface UnitOptions {
  /** Powers of 1024 (KiB) instead of 1000 (kB). */
  readonly iec?: boolean | undefined;
  /** Bits instead of bytes. */
  readonly bits?: boolean | undefined;
}

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const IEC_PREFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The exact amount: `175 bytes`, or `1400 bits` with `bits`. */
export function exactAmount(bytes: bigint, { bits = false }: UnitOptions = {}): string {
  const amount = bits ? bytes * 8n : bytes;
  const unit = bits ? 'bit' : 'byte';
  return `${amount} ${unit}${amount === 1n ? '' : 's'}`;
}

/**
 * Three significant digits and a unit: `5.00 MB`. Null if the amount has no prefix: the exact amount is then as short.
 * The calculation uses bigints only, so that large amounts keep their digits.
 */
export function roundedAmount(bytes: bigint, { bits = false, iec = false }: UnitOptions = {}): string | null {
  const amount = bits ? bytes * 8n : bytes;
  const base = iec ? 1024n : 1000n;
  const prefixes = iec ? IEC_PREFIXES : PREFIXES;
  let power = 0;
  let unit = 1n;
  while (power < prefixes.length - 1 && amount >= unit * base) {
    unit *= base;
    power += 1;
  }
  if (power === 0) return null;
  let digits = fractionDigits(amount, unit);
  let scaled = rounded(amount, unit, digits);
  // 999,950 rounds to 1000 kB. That is shown as 1.00 MB.
  if (scaled >= base * 10n ** BigInt(digits) && power < prefixes.length - 1) {
    unit *= base;
    power += 1;
    digits = 2;
    scaled = rounded(amount, unit, digits);
  }
  const text = scaled.toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = digits > 0 ? `.${text.slice(text.length - digits)}` : '';
  return `${whole}${fraction} ${prefixes[power] ?? ''}${bits ? 'bit' : 'B'}`;
}

/** The exact amount, followed by the rounded amount if there is one: `5000246 bytes (5.00 MB)`. */
export function fullAmount(bytes: bigint, options: UnitOptions = {}): string {
  const short = roundedAmount(bytes, options);
  return short === null ? exactAmount(bytes, options) : `${exactAmount(bytes, options)} (${short})`;
}

function fractionDigits(amount: bigint, unit: bigint): number {
  if (amount >= unit * 100n) return 0;
  return amount >= unit * 10n ? 1 : 2;
}

function rounded(amount: bigint, unit: bigint, digits: number): bigint {
  return (amount * 10n ** BigInt(digits) + unit / 2n) / unit;
}

/** Bytes from `120MB`, `1.5 MiB`, `500k` or `1000`. Null if the text is not an amount of whole bytes. */
export function parseAmount(text: string): bigint | null {
  const [, whole = '', fraction = '', letter = '', binary = ''] =
    /^(\d+)(?:\.(\d+))?\s*(?:([kMGTPE])(i)?)?B?$/i.exec(text) ?? [];
  if (whole === '') return null;
  const power = 'kmgtpe'.indexOf(letter.toLowerCase()) + 1;
  const unit = (binary === '' ? 1000n : 1024n) ** BigInt(letter === '' ? 0 : power);
  const scale = 10n ** BigInt(fraction.length);
  const amount = BigInt(whole + fraction) * unit;
  return amount % scale === 0n ? amount / scale : null;
}
