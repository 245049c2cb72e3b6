/**
 * A count as people write it: `50000`, `50_000`, `50k`, `2.5k`, `1M`, `5e4`.
 *
 * @returns undefined for what is no whole number of 0 or more
 */
export function parseCount(text: string): number | undefined {
  const found = /^(\d+(?:_\d+)*(?:\.\d+)?(?:e\+?\d{1,2})?)([km])?$/i.exec(text.trim());
  if (!found) return undefined;
  const [, digits = '', unit = ''] = found;
  const zeros = { k: 3, m: 6 }[unit.toLowerCase()] ?? 0;
  const [mantissa = '', exponent = '0'] = digits.replaceAll('_', '').toLowerCase().split('e');
  // Written as one numeral, so that 2.3k is 2300 and not 2299.9999999999995.
  const value = Number(`${mantissa}e${Number(exponent) + zeros}`);
  return Number.isSafeInteger(value) ? value : undefined;
}
