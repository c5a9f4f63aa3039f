/** A number as it was written. */
export interface Amount {
  /** Plain decimal text, as `-1234.50`. */
  number: string;
  /** The sign or code written with it, as `$` or `USD`. */
  mark: string | null;
}

/** Currencies a sign may stand for, by ISO 4217; the first is meant unless the currency in force is another of them. */
const signs: Record<string, readonly string[]> = {
  $: ['USD', 'AUD', 'BBD', 'BMD', 'BND', 'BSD', 'BZD', 'CAD', 'FJD', 'GYD', 'HKD', 'JMD', 'KYD', 'LRD', 'NAD', 'NZD', 'SBD', 'SGD', 'SRD', 'TTD', 'TWD', 'XCD', 'ARS', 'CLP', 'COP', 'MXN', 'UYU'],
  '€': ['EUR'],
  '£': ['GBP', 'EGP', 'FKP', 'GIP', 'LBP', 'SDG', 'SHP', 'SSP', 'SYP'],
  '¥': ['JPY', 'CNY'],
  '₹': ['INR'],
  '₩': ['KRW', 'KPW'],
  '₺': ['TRY'],
  '₽': ['RUB'],
  '₪': ['ILS'],
  '₫': ['VND'],
  '₴': ['UAH'],
  '₱': ['PHP'],
  '฿': ['THB'],
  '₦': ['NGN'],
  '₡': ['CRC'],
  '₲': ['PYG'],
  '₵': ['GHS'],
  '₸': ['KZT'],
  '₾': ['GEL'],
  '₼': ['AZN'],
}; // prettier-ignore
const codes = new Set(Intl.supportedValuesOf('currency'));
const blanks = /[\s\u00a0\u202f'’]/g;

/**
 * Reads a number: grouping marks and blanks are left out, `(1.50)` and `1.50-` are negative, a currency's sign or code may stand before or behind it.
 * @returns null when the text is no number, or what stands beside it is neither a known sign nor an ISO 4217 code
 */
export function readAmount(given: string, decimal: '.' | ','): Amount | null {
  if (/^-?\d+(\.\d+)?$/.test(given) && (decimal === '.' || !given.includes('.'))) return { number: given, mark: null };
  const found = /^(\D*?)(\d[\d.,]*)(\D*)$/.exec(given.replace(blanks, ''));
  if (!found) return null;
  const [, before = '', digits = '', behind = ''] = found;
  const form = decimal === '.' ? /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/ : /^(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?$/;
  const parts = form.exec(digits);
  const beside = readBeside(before, behind);
  if (!parts || !beside) return null;
  const plain = `${(parts[1] ?? '').replace(/[.,]/g, '')}${parts[2] ? `.${parts[2]}` : ''}`;
  return { number: beside.isNegative ? `-${plain}` : plain, mark: beside.mark };
}

/** A number as {@link readAmount} reads it, whatever its currency. */
export function readNumber(given: string, decimal: '.' | ','): string | null {
  return readAmount(given, decimal)?.number ?? null;
}

/**
 * The currency that a sign or a code means.
 * @param inForce the currency an amount without a mark would have
 */
export function currencyOf(mark: string, inForce: string | null): string {
  const meant = signs[mark];
  return meant ? (inForce !== null && meant.includes(inForce) ? inForce : (meant[0] ?? mark)) : mark;
}

/** What stands around the digits of a number: a minus or brackets, and a sign, a code, or a sign with a code it may stand for. */
function readBeside(before: string, behind: string): { isNegative: boolean; mark: string | null } | null {
  const inBrackets = before.includes('(') && behind.includes(')');
  const around = inBrackets ? [before.replace('(', ''), behind.replace(')', '')] : [before, behind];
  const minuses = around.join('').split('-').length - 1;
  if (minuses > (inBrackets ? 0 : 1)) return null;
  const marks = around.map((text) => text.replace('-', '')).flatMap((text) => text.match(/[A-Z]{3}|\p{Sc}|[^]/gu) ?? []);
  const [one = null, other = null] = marks;
  if (marks.length > 2 || marks.some((mark) => !(mark in signs) && !codes.has(mark))) return null;
  const isNegative = inBrackets || minuses === 1;
  if (one === null || other === null) return { isNegative, mark: one };
  const [sign, code] = one in signs ? [one, other] : [other, one];
  return signs[sign]?.includes(code) ? { isNegative, mark: code } : null;
}

/**
 * The currency of an amount: the one written with it, else the one its row gives, else the map's.
 * @param marks what was written with each amount that was read, null for nothing
 * @param given what the row gives as the currency
 * @returns null for none known; a message where two speak against each other, with no currency where amounts of several were to be one
 */
export function settleCurrency(
  marks: readonly (string | null)[],
  given: string | null,
  mapped: string | null,
): { currency: string | null; conflict: string | null } {
  const inForce = given ?? mapped;
  const named = new Set(marks.map((mark) => (mark === null ? inForce : currencyOf(mark, inForce))));
  if (named.size > 1)
    return {
      currency: null,
      conflict: `the amounts are in several currencies: ${[...named].map((one) => one ?? 'none named').join(', ')}`,
    };
  const [currency = inForce] = named;
  const isOther = given !== null && currency !== given;
  return { currency, conflict: isOther ? `the amount is written in ${currency ?? ''}, the currency of its row is ${given}` : null };
}
