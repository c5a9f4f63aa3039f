const digits = new Map<string, number>();

/**
 * Money as whole minor units of its currency, rounded half away from zero.
 * @param amount decimal text in major units, as `-12.505`
 * @param currency ISO 4217 code; a code without a known minor unit counts as having two decimals
 * @returns null when there are too many of them to be counted exactly
 */
export function minorUnits(amount: string, currency: string): number | null {
  const places = decimals(currency);
  const negative = amount.startsWith('-');
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const kept = Number(whole + fraction.slice(0, places).padEnd(places, '0'));
  const value = kept + (Number(fraction[places] ?? '0') >= 5 ? 1 : 0);
  if (!Number.isSafeInteger(value)) return null;
  return negative && value !== 0 ? -value : value;
}

/** Decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD. */
export function decimals(currency: string): number {
  let places = digits.get(currency);
  if (places === undefined) {
    places = /^[A-Z]{3}$/.test(currency)
      ? (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2)
      : 2;
    digits.set(currency, places);
  }
  return places;
}
