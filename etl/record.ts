import { didYouMean, type Problem } from './errors.ts';

/**
 * A point in time as records carry it: a number is an instant (integer seconds since 1970 UTC),
 * a text `YYYY-MM-DD` is a date without a time of day and is never shifted by a zone.
 */
export type When = number | string;

// The position of a value in a fixed list is its code in the store (from 1; 0 is "none"): append only, never reorder.
export const kinds = ['complaint', 'compliment', 'suggestion', 'enquiry'] as const;
export const statuses = ['new', 'open', 'waiting', 'resolved', 'closed', 'void'] as const;
export const severities = ['critical', 'high', 'medium', 'low'] as const;
export const outcomes = ['upheld', 'partly upheld', 'not upheld', 'withdrawn', 'out of scope', 'no decision'] as const;
export const redressTypes = [
  'apology',
  'explanation',
  'refund',
  'replacement',
  'compensation',
  'corrective action',
  'goodwill',
  'other',
] as const;
export const controllabilities = ['agent behaviour', 'process or policy', 'product', 'third party', 'none'] as const;
export const escalationLevels = ['front line', 'stage 1', 'stage 2', 'executive', 'external'] as const;
export const eventKinds = [
  'received',
  'acknowledged',
  'responded',
  'assigned',
  'noted',
  'evidence added',
  'escalated',
  'reclassified',
  'resolved',
  'reopened',
  'closed',
  'withdrawn',
  'status changed',
  'redress given',
  'approval asked',
  'approval refused',
  'survey asked',
  'survey answered',
  'survey not delivered',
  'evidence removed',
] as const;
export const surveyKinds = ['csat', 'nps', 'ces'] as const;
/** How a survey was answered, and beside each scale the rules that make a score satisfied (from) and low (to), both inclusive. */
export const surveyScales = {
  '1-5': { low: 1, high: 5, satisfiedFrom: 4, lowTo: 2, description: 'one to five; four and five are satisfied' },
  '1-7': { low: 1, high: 7, satisfiedFrom: 5, lowTo: 3, description: 'one to seven; five and above are satisfied' },
  '0-10': { low: 0, high: 10, satisfiedFrom: 9, lowTo: 6, description: 'nought to ten; nine and ten are promoters' },
  'yes-no': { low: 0, high: 1, satisfiedFrom: 1, lowTo: 0, description: 'yes is satisfied, no is not' },
  'good-bad': { low: 0, high: 1, satisfiedFrom: 1, lowTo: 0, description: 'good is satisfied, bad is not' },
} as const;

export type Kind = (typeof kinds)[number];
export type SurveyScale = keyof typeof surveyScales;

/** A field of a record. `code` is a fixed list, `label` an open one, `sub` a label below the label of `of`. */
export type Field = {
  label: string;
  description: string;
  required?: true;
  /** Whether the case-entry form asks for it. */
  entry?: true;
} & (
  | { type: 'key' | 'text' | 'long_text' | 'label' | 'time' | 'flag' | 'integer' | 'money' | 'currency' }
  | { type: 'code'; allowed: readonly string[] }
  | { type: 'sub'; of: string }
);

/** What we know of a case, declared once. Names are those of the store, the map language and the API. */
export const caseFields = {
  source_id: { type: 'key', label: 'Record key', description: 'Identifies the record in its source; never reused.', required: true },
  kind: {
    type: 'code',
    allowed: kinds,
    label: 'Kind',
    description: 'A complaint expresses dissatisfaction and expects a response; a compliment praises.',
    required: true,
    entry: true,
  },
  received_at: {
    type: 'time',
    label: 'Received',
    description: "When the customer's contact reached the organisation.",
    required: true,
    entry: true,
  },
  title: { type: 'text', label: 'Title', description: 'A few words that name the matter.' },
  narrative: {
    type: 'long_text',
    label: 'What happened',
    description: "The matter in the customer's or the recorder's words.",
    entry: true,
  },
  resolution_note: { type: 'long_text', label: 'Resolution note', description: 'What was decided and why.' },
  remedy_sought: { type: 'text', label: 'Remedy sought', description: 'What the customer asks for.', entry: true },
  channel: { type: 'label', label: 'Channel', description: 'How it reached us.', entry: true },
  company: { type: 'label', label: 'Company', description: 'The organisation or brand complained about.', entry: true },
  product: { type: 'label', label: 'Product', description: 'The product or service it is about.', entry: true },
  sub_product: { type: 'sub', of: 'product', label: 'Sub-product', description: 'A kind of the product.', entry: true },
  issue: { type: 'label', label: 'Issue', description: 'What the customer says went wrong; the unit of "recurring".', entry: true },
  sub_issue: { type: 'sub', of: 'issue', label: 'Sub-issue', description: 'A kind of the issue.', entry: true },
  severity: {
    type: 'code',
    allowed: severities,
    label: 'Severity',
    description: 'Harm done or threatened, by the written definitions of the organisation.',
    entry: true,
  },
  region: { type: 'label', label: 'Region', description: 'Where the customer or the matter is.' },
  segment: { type: 'label', label: 'Segment', description: 'The kind of customer.' },
  team: { type: 'label', label: 'Team', description: 'Who owns the case.', entry: true },
  agent: { type: 'label', label: 'Agent', description: 'Who handles the case; a pseudonymous id.', entry: true },
  agent_complained: {
    type: 'label',
    label: 'Agent complained about',
    description: 'Whom the complaint is about, which is not who handles it.',
  },
  theme: { type: 'label', label: 'Theme', description: 'What could be coached: a behaviour, from the list of themes.' },
  root_cause: { type: 'label', label: 'Root cause', description: 'Why it happened, decided by us while handling.' },
  controllability: { type: 'code', allowed: controllabilities, label: 'Controllability', description: 'In whose hands the cause lies.' },
  status: {
    type: 'code',
    allowed: statuses,
    label: 'Status',
    description: 'Where the case stands now; derived from the times where it is not given.',
  },
  outcome: { type: 'code', allowed: outcomes, label: 'Outcome', description: 'What was decided.' },
  redress: { type: 'code', allowed: redressTypes, label: 'Redress', description: 'What we gave.' },
  redress_amount: {
    type: 'money',
    label: 'Redress amount',
    description: 'Money given, in major units of its currency; absent is unknown, 0 is none.',
  },
  redress_currency: {
    type: 'currency',
    label: 'Redress currency',
    description: 'ISO 4217 code; absent is the currency of the organisation.',
  },
  redress_at: { type: 'time', label: 'Redress paid', description: 'When it was paid.' },
  escalation_level: { type: 'code', allowed: escalationLevels, label: 'Escalation level', description: 'The highest level reached.' },
  sla_policy: { type: 'label', label: 'Service policy', description: 'The policy that sets the deadlines.' },
  customer_ref: {
    type: 'text',
    label: 'Customer reference',
    description: 'Identifies the customer; kept for display by role, and as a keyed hash to find repeat customers.',
    entry: true,
  },
  customer_name: { type: 'text', label: 'Customer name', description: 'Shown by role, erased on request.', entry: true },
  contact: { type: 'text', label: 'Contact', description: 'How to reach the customer; shown by role, erased on request.', entry: true },
  vulnerable: { type: 'flag', label: 'Vulnerable customer', description: 'Known to be in circumstances that call for particular care.' },
  vulnerable_failed: {
    type: 'flag',
    label: 'Failed a vulnerable customer',
    description: 'The complaint is about a failure to respond to vulnerability.',
  },
  acknowledged_at: { type: 'time', label: 'Acknowledged', description: 'First confirmation of receipt, automatic allowed.' },
  first_response_at: { type: 'time', label: 'First response', description: 'First substantive reply by a person.' },
  first_escalated_at: { type: 'time', label: 'First escalated', description: 'First moved to a higher level or an outside body.' },
  first_resolved_at: { type: 'time', label: 'First resolved', description: 'The first final response; stays when the case is reopened.' },
  first_reopened_at: { type: 'time', label: 'First reopened', description: 'When the case was first reopened.' },
  resolved_at: { type: 'time', label: 'Resolved', description: 'The final response that still stands; a reopening clears it.' },
  withdrawn_at: { type: 'time', label: 'Withdrawn', description: 'When the customer withdrew it.' },
  closed_at: { type: 'time', label: 'Closed', description: 'When the case was closed, whatever the outcome.' },
  due_at: { type: 'time', label: 'Due', description: 'When the final response was due.' },
  acknowledgement_due_at: { type: 'time', label: 'Acknowledgement due', description: 'When the acknowledgement was due.' },
  summary_due_at: {
    type: 'time',
    label: 'Early resolution due',
    description: 'Until when a resolution counts as early (summary) resolution.',
  },
  reopen_count: { type: 'integer', label: 'Times reopened', description: 'How often the case was reopened.' },
  reassign_count: { type: 'integer', label: 'Times handed over', description: 'How often the case changed hands.' },
  first_contact: { type: 'flag', label: 'First-contact resolution', description: "The source's own mark; absent, it is derived." },
  duplicate: { type: 'flag', label: 'Duplicate', description: 'The same matter as another case; counts in nothing but duplicates.' },
} as const satisfies Record<string, Field>;

/** A satisfaction question put to a customer, and perhaps answered. */
export const surveyFields = {
  source_id: {
    type: 'key',
    label: 'Survey key',
    description: 'Identifies the survey in its source; absent, it is the key of its case with the kind.',
  },
  kind: {
    type: 'code',
    allowed: surveyKinds,
    label: 'Kind',
    description: 'Satisfaction (csat), recommendation (nps) or effort (ces).',
    required: true,
  },
  asked_at: { type: 'time', label: 'Asked', description: 'When it was asked; absent where the source does not record asking.' },
  answered_at: { type: 'time', label: 'Answered', description: 'When it was answered; absent while it is not.' },
  scale: { type: 'code', allowed: Object.keys(surveyScales), label: 'Scale', description: 'The scale of the score.', required: true },
  score: { type: 'integer', label: 'Score', description: 'The answer on its scale; yes and good are 1, no and bad are 0.' },
  comment: { type: 'long_text', label: 'Comment', description: "The customer's words." },
  agent: { type: 'label', label: 'Credited agent', description: 'Whom the answer is about.' },
} as const satisfies Record<string, Field>;

/** Something that happened to a case. */
export const eventFields = {
  kind: { type: 'code', allowed: eventKinds, label: 'Event', description: 'What happened.', required: true },
  at: { type: 'time', label: 'At', description: 'When it happened.', required: true },
  actor: { type: 'text', label: 'Actor', description: 'Who did it; a pseudonymous id.' },
  from: { type: 'text', label: 'From', description: 'The value before.' },
  to: { type: 'text', label: 'To', description: 'The value after.' },
} as const satisfies Record<string, Field>;

type ValueOf<F extends Field> = F extends { type: 'time' }
  ? When
  : F extends { type: 'flag' }
    ? boolean
    : F extends { type: 'integer' }
      ? number
      : F extends { type: 'code'; allowed: readonly (infer A)[] }
        ? A
        : string;
type RecordOf<S extends Record<string, Field>> = {
  -readonly [K in keyof S as S[K] extends { required: true } ? K : never]: ValueOf<S[K]>;
} & { -readonly [K in keyof S as S[K] extends { required: true } ? never : K]?: ValueOf<S[K]> };

export type CaseFieldName = keyof typeof caseFields;
export type SurveyRecord = RecordOf<typeof surveyFields>;
export type EventRecord = RecordOf<typeof eventFields> & {
  /** What was said, or why. */
  note?: string;
  /** Fields of the case that it changed, of a case handled here. */
  changes?: EventChanges;
  /** Surveys it asks or answers, each as it stands after it, with its key. */
  surveys?: SurveyRecord[];
  /** When it was recorded, of a case handled here: seconds since 1970 UTC. What is done may be said to have been done earlier. */
  recorded_at?: number;
};
/** The value of a field before and after; null for none. */
export type EventChanges = { [F in CaseFieldName]?: [before: string | null, after: string | null] };
/** A case as every source hands it to the loader. Money is a decimal text in major units. */
export type CaseRecord = RecordOf<typeof caseFields> & {
  /** Further issues the case names, after the primary one of `issue`/`sub_issue`. */
  more_issues?: { issue: string; sub_issue?: string }[];
  events?: EventRecord[];
  surveys?: SurveyRecord[];
  /** By dimension, the source's own value where a value map changed it or no list has it; kept so that a label change can re-label history. */
  raw?: Record<string, string>;
};

/** A value kept as given though something about it is wrong; the case is made all the same. */
export interface Flag {
  rule: FlagRule;
  field: string;
  message: string;
  value: string;
}
export const flagRules = {
  malformed_value: 'A value could not be read',
  unknown_label: 'A value is not on the list',
  time_order: 'Times are in an impossible order',
  future_date: 'A time lies in the future',
  other_currency: "Money in another currency than the organisation's",
} as const;
export type FlagRule = keyof typeof flagRules;

export type Parsed<T> = { ok: true; record: T; flags: Flag[] } | { ok: false; problems: Problem[] };

/** The years a time may lie in, both inclusive; any other is a slip of the pen or a stand-in for "unknown". */
export const plausibleYears = { from: 1900, to: 2200 } as const;
/** Names that figures use themselves, in lower case; no label may be called so. */
export const reservedLabels: readonly string[] = ['(none)', '(other)'];

const issueFields: Record<string, Field> = { issue: caseFields.issue, sub_issue: caseFields.sub_issue };
const partLists: [string, Record<string, Field>][] = [
  ['events', eventFields],
  ['surveys', surveyFields],
];
const recordLists = ['more_issues', 'raw', 'events', 'surveys'];

/**
 * Reads a record from plain values (a mapped row, a form, a pushed JSON body).
 * Missing or unreadable required fields, and unknown field names, are problems; an unreadable optional value is
 * left out and flagged with what was given. Empty text is the same as absent.
 * Times: a number (seconds UTC), `YYYY-MM-DD`, or ISO 8601 with a zone, in {@link plausibleYears}.
 * Labels: blanks inside are one blank each; {@link reservedLabels} and characters that cannot be seen are not read.
 */
export function parseRecord(raw: Record<string, unknown>): Parsed<CaseRecord> {
  const { record, problems, flags } = parseFields(caseFields, raw, '', recordLists);
  for (const list of recordLists) if (raw[list] !== undefined) record[list] = raw[list];
  return problems.length ? { ok: false, problems } : { ok: true, record: completeRecord(record, flags), flags };
}

/**
 * Makes a record of values each of which {@link readField} has passed: leaves out and flags what does not go together, and reads
 * its further issues, events and surveys.
 * @param record is changed
 * @param flags gets what was found
 */
export function completeRecord(record: Record<string, unknown>, flags: Flag[]): CaseRecord {
  for (const [name, field] of fieldsOf(caseFields).sub) {
    if (record[name] !== undefined && record[field.of] === undefined) {
      flags.push({
        rule: 'malformed_value',
        field: name,
        value: show(record[name]),
        message: `a ${field.label.toLowerCase()} needs a ${field.of}`,
      });
      delete record[name];
    }
  }
  if (record.more_issues !== undefined) {
    if (Array.isArray(record.more_issues)) record.more_issues = readIssues(record.more_issues, flags);
    else delete record.more_issues;
  }
  if (record.raw !== undefined && !(record.raw && typeof record.raw === 'object')) delete record.raw;
  for (const [list, fields] of partLists) {
    const items = record[list];
    if (items === undefined) continue;
    if (!Array.isArray(items)) {
      delete record[list];
      continue;
    }
    const kept: unknown[] = [];
    items.forEach((item: Record<string, unknown>, i) => {
      const one = parseFields(fields, item, `${list}[${i}].`, []);
      flags.push(...one.flags);
      // A bad event or survey must not cost the case it belongs to.
      for (const p of one.problems) flags.push({ rule: 'malformed_value', field: p.field, message: p.message, value: '' });
      if (one.problems.length === 0) kept.push(one.record);
    });
    record[list] = kept;
  }
  return record as unknown as CaseRecord;
}

/**
 * Reads one value of a case, as {@link parseRecord} does.
 * @returns what it says, or what is wrong with it
 */
export function readField(name: CaseFieldName, given: unknown): { value: unknown } | { message: string } {
  return readValue(caseFields[name], given);
}

/** The further issues of a case; one whose label cannot be read is left out and flagged. */
function readIssues(items: unknown[], flags: Flag[]): { issue: string; sub_issue?: string }[] {
  return items.flatMap((item, i) => {
    const given = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
    if (isEmpty(given.issue)) return [];
    const one = parseFields(issueFields, given, `more_issues[${i}].`, []);
    flags.push(...one.flags);
    return one.record.issue ? [one.record as { issue: string; sub_issue?: string }] : [];
  });
}

function parseFields(fields: Record<string, Field>, raw: Record<string, unknown>, prefix: string, extra: string[]) {
  const record: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const flags: Flag[] = [];
  // A case of a large file gives few of the fields: only what is given is looked at, and then what is required.
  for (const name in raw) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) {
      if (!extra.includes(name)) problems.push({ field: prefix + name, message: `unknown field${didYouMean(name, Object.keys(fields))}` });
      continue;
    }
    const given = raw[name];
    if (isEmpty(given)) continue;
    const read = readValue(field, given);
    if ('value' in read) record[name] = read.value;
    else if (field.required) problems.push({ field: prefix + name, message: read.message });
    else
      flags.push({
        rule: field.type === 'code' ? 'unknown_label' : 'malformed_value',
        field: prefix + name,
        message: read.message,
        value: show(given),
      });
  }
  for (const [name, field] of fieldsOf(fields).required) {
    if (isEmpty(raw[name])) problems.push({ field: prefix + name, message: `${field.label} is missing` });
  }
  return { record, problems, flags };
}

function isEmpty(given: unknown): boolean {
  return given === undefined || given === null || given === '';
}

const fieldLists = new WeakMap<Record<string, Field>, { required: [string, Field][]; sub: [string, Field & { type: 'sub' }][] }>();

function fieldsOf(fields: Record<string, Field>) {
  let lists = fieldLists.get(fields);
  if (!lists) {
    const entries = Object.entries(fields);
    lists = {
      required: entries.filter(([, field]) => field.required),
      sub: entries.flatMap(([name, field]) => (field.type === 'sub' ? [[name, field] satisfies [string, Field]] : [])),
    };
    fieldLists.set(fields, lists);
  }
  return lists;
}

function readValue(field: Field, given: unknown): { value: unknown } | { message: string } {
  switch (field.type) {
    case 'time':
      return readTime(given);
    case 'flag':
      return typeof given === 'boolean' ? { value: given } : { message: `${quote(given)} is not true or false` };
    case 'integer': {
      const value = typeof given === 'string' && /^-?\d+$/.test(given) ? Number(given) : given;
      return Number.isSafeInteger(value) ? { value } : { message: `${quote(given)} is not a whole number` };
    }
    case 'money': {
      const text = String(given);
      return /^-?\d+(\.\d{1,4})?$/.test(text) ? { value: text } : { message: `${quote(given)} is not an amount like 12.50` };
    }
    case 'currency': {
      const text = String(given).toUpperCase();
      return /^[A-Z]{3}$/.test(text) ? { value: text } : { message: `${quote(given)} is not a currency code like EUR` };
    }
    case 'code': {
      const text = String(given).toLowerCase();
      return field.allowed.includes(text)
        ? { value: text }
        : { message: `${quote(given)} is not one of ${field.allowed.join(', ')}${didYouMean(text, field.allowed)}` };
    }
    case 'key': {
      const text = String(given).trim();
      return text ? { value: text } : { message: `${field.label} is missing` };
    }
    case 'label':
    case 'sub':
      return readLabel(given);
    default: {
      if (typeof given !== 'string' && typeof given !== 'number') return { message: `${quote(given)} is not text` };
      const text = String(given);
      return { value: field.type === 'long_text' ? text : text.trim() };
    }
  }
}

const oddBlanks = / {2}|[^\S ]/;
// Beside what controls a device: what turns the direction of a line, has no width, or is half a character.
const unseen = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff]/u;

function readLabel(given: unknown): { value: string } | { message: string } {
  if (typeof given !== 'string' && typeof given !== 'number') return { message: `${quote(given)} is not text` };
  let text = String(given).trim();
  if (oddBlanks.test(text)) text = text.replace(/\s+/g, ' ');
  if (unseen.test(text)) return { message: 'holds a character that cannot be seen' };
  if (text.startsWith('(') && reservedLabels.includes(text.toLowerCase()))
    return { message: `${quote(text)} is a name that figures use themselves` };
  return { value: text };
}

// A day of grace, so that the first and the last date are plausible in every zone.
const earliest = Date.UTC(plausibleYears.from, 0, 0) / 1000;
const latest = Date.UTC(plausibleYears.to + 1, 0, 2) / 1000;
const earliestDate = `${plausibleYears.from}-01-01`;
const latestDate = `${plausibleYears.to}-12-31`;

/** Whether a time lies in {@link plausibleYears}. */
export function isPlausible(time: When): boolean {
  return typeof time === 'number' ? time >= earliest && time < latest : time >= earliestDate && time <= latestDate;
}

function readTime(given: unknown): { value: When } | { message: string } {
  const read = readWhen(given);
  if (!('value' in read)) return read;
  return isPlausible(read.value)
    ? read
    : { message: `${quote(given)} is not a plausible date: expected a year from ${plausibleYears.from} to ${plausibleYears.to}` };
}

function readWhen(given: unknown): { value: When } | { message: string } {
  if (typeof given === 'number' && Number.isSafeInteger(given)) return { value: given };
  const text = String(given);
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (day) return isRealDate(text) ? { value: text } : { message: `${quote(given)} is not a real date` };
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(instant)
    ? { message: `${quote(given)} is not a date like 2026-11-09 or a time like 2026-11-09T14:30:00Z` }
    : { value: Math.floor(instant / 1000) };
}

/** Whether `date` is a calendar date in the form `YYYY-MM-DD`. */
export function isRealDate(date: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return false;
  const month = Number(date.slice(5, 7));
  const day = Number(date.slice(8));
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  return day <= 28 || day <= new Date(Date.UTC(2000 + (Number(date.slice(0, 4)) % 400), month, 0)).getUTCDate();
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function quote(value: unknown): string {
  return `"${show(value)}"`;
}
