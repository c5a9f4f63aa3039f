/** A row as far as conditions are concerned: texts by field name. */
export type Fields = Record<string, string>;

interface Token {
  kind: 'word' | 'text' | 'sign';
  text: string;
}

/**
 * The part of TicketSQL and TransactionSQL that we use: fields compared with texts and numbers, AND, OR, parentheses. Dates are read
 * as Request Tracker reads them: in the zone of the user; what is no date is 1970, so that `>=` finds everything.
 * @param offset seconds by which the clock of the user is ahead of UTC
 * @throws Error with the text Request Tracker answers
 */
export function compileQuery(query: string, offset = 0): (row: Fields) => boolean {
  const tokens = [...query.matchAll(/\s*(?:'((?:[^'\\]|\\.)*)'|([()]|>=|<=|!=|[=<>])|([\w.{}]+))/gy)].map(([, text, sign, word]): Token =>
    text !== undefined ? { kind: 'text', text } : sign !== undefined ? { kind: 'sign', text: sign } : { kind: 'word', text: word ?? '' },
  );
  let at = 0;
  const next = (): Token => {
    const token = tokens[at++];
    if (!token) throw new Error(`Incomplete query, 1 unclosed paren in '${query}'`);
    return token;
  };
  const isNext = (word: string): boolean => tokens[at]?.text.toUpperCase() === word && tokens[at]?.kind !== 'text';

  function any(): (row: Fields) => boolean {
    const parts = [all()];
    while (isNext('OR') && at++ >= 0) parts.push(all());
    return (row) => parts.some((part) => part(row));
  }
  function all(): (row: Fields) => boolean {
    const parts = [one()];
    while (isNext('AND') && at++ >= 0) parts.push(one());
    return (row) => parts.every((part) => part(row));
  }
  function one(): (row: Fields) => boolean {
    if (isNext('(')) {
      at++;
      const inside = any();
      if (next().text !== ')') throw new Error(`Incomplete query, 1 unclosed paren in '${query}'`);
      return inside;
    }
    const [field, operator, value] = [next().text, next().text, next().text];
    if (/^(LastUpdated|Created|Resolved)$/.test(field)) {
      const limit = instantOf(value) - (instantOf(value) === 0 ? 0 : offset);
      return (row) => compare(Date.parse(row[field] ?? '') / 1000, operator, limit);
    }
    if (field === 'id' || field === 'TicketId') return (row) => compare(Number(row[field]), operator, Number(value));
    if (!/^(Queue|Status|Type|Field|NewValue|OldValue|ObjectId)$/.test(field)) throw new Error(`Unknown field: ${field}`);
    return (row) => (operator === '!=' ? row[field] !== value : row[field] === value);
  }

  const matches = any();
  if (at < tokens.length) throw new Error(`Wrong query, expecting an AGGREGATOR OR PAREN in '${query}'`);
  return matches;
}

/** Seconds UTC of `YYYY-MM-DD HH:MM:SS`; with a Z at the end the time of day is dropped; 0 for what is no date. */
function instantOf(text: string): number {
  const found = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?(Z)?$/.exec(text);
  if (!found) return 0;
  const [, day = '', time, isUtc] = found;
  return Date.parse(`${day}T${isUtc === undefined ? (time ?? '00:00:00') : '00:00:00'}Z`) / 1000;
}

function compare(value: number, operator: string, limit: number): boolean {
  if (operator === '>=') return value >= limit;
  if (operator === '>') return value > limit;
  if (operator === '<') return value < limit;
  return operator === '<=' ? value <= limit : value === limit;
}
