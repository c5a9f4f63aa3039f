import type { RawRow } from './connector.ts';
import { delimiterHint } from './connectors/csv-delimiter.ts';
import type { MapInput } from './connectors/file-format.ts';
import { BadInput, type Problem } from './errors.ts';
import { readDefaults, type Reading } from './map-expression.ts';
import { kindsTold, readFold, readKey, type FoldPlan, type KeyPlan } from './map-fold.ts';
import { readInput } from './map-input.ts';
import { bindKey, keyColumnsOf } from './map-key.ts';
import { below, complain, parseYaml, readMapping, readText, type At, type Yaml } from './map-node.ts';
import { readPart, readParts, type PartPlan } from './map-parts.ts';
import { bindOrder, bindRecord } from './map-record.ts';
import type { Header } from './map-value.ts';
import { caseFields, eventFields, surveyFields, type CaseRecord, type Field, type Parsed } from './record.ts';

/** What a map file says, checked: how the rows of one kind of file become records. The language is described in docs/maps.md. */
export interface RecordMap {
  /** Name of the source the records belong to. */
  source: string;
  /** Zone of wall-clock times that name none of their own. */
  zone: string;
  /** ISO 4217 code of amounts, or null for the organisation's. */
  currency: string | null;
  /** How files are written that are read with this map. */
  input: MapInput;
  key: KeyPlan;
  case: PartPlan;
  moreIssues: PartPlan[];
  events: PartPlan[];
  surveys: PartPlan[];
  fold: FoldPlan | null;
  /** Record fields the map can give (`resolved_at`, `surveys.answered_at`, `more_issues`…). A file may lack optional columns: {@link BoundMap.fields}. */
  fields: string[];
}

/** A map bound to the columns of one file. */
export interface BoundMap {
  map: RecordMap;
  /** Record fields given with these columns: those of the map without the ones all of whose columns are optional and absent. */
  fields: string[];
  /** The columns the map reads, in the order of the header: what a folding map lands of a row. */
  columns: string[];
  /** The columns that make the key of a case; none for a hash of the row. */
  keyColumns: string[];
  /** `known`: of a row that cannot be folded, the key of its case. */
  keyOf(row: RawRow): { key: string } | { problem: Problem; known?: string };
  /** Identity of a row within its case; for folding maps. */
  rowKey(row: RawRow): string;
  /** Whole number that orders the rows of a case (seconds for an order by time), or null for the order of the file. */
  ordinal(row: RawRow): number | null;
  /** The case of one row, or, for a folding map, of all rows of the case in the order (ordinal, line). */
  record(rows: RawRow[]): Parsed<CaseRecord>;
}

/** A further issue of a case, in its map. */
const issueFields: Record<string, Field> = { issue: { ...caseFields.issue, required: true }, sub_issue: caseFields.sub_issue };

/** The fields of a case that a map gives; its key stands apart. */
const mappedFields: Record<string, Field> = Object.fromEntries(Object.entries(caseFields).filter(([, field]) => field.type !== 'key'));

const mapKeys = [
  'source',
  'description',
  'input',
  'zone',
  'currency',
  'date',
  'missing',
  'blanks',
  'decimal',
  'key',
  'fields',
  'more_issues',
  'events',
  'surveys',
  'fold',
];

/**
 * Reads a map.
 * @param where names the map in messages about its YAML
 * @throws BadInput with every problem at once, each by its path in the map
 */
export function readMap(text: string, where: string): RecordMap {
  const problems: Problem[] = [];
  const top: At = { path: '', problems };
  const keys = readMapping(parseYaml(text, where), top, mapKeys);
  const defaults = readDefaults(keys, top);
  const record = readCase(keys.fields ?? {}, below(top, 'fields'), defaults);
  const lists = {
    moreIssues: readParts(keys.more_issues, below(top, 'more_issues'), defaults, issueFields, []),
    events: readParts(keys.events, below(top, 'events'), defaults, eventFields, ['kind']),
    surveys: readParts(keys.surveys, below(top, 'surveys'), defaults, surveyFields, ['kind', 'scale']),
  };
  const fold = keys.fold === undefined ? null : readFold(keys.fold, below(top, 'fold'), defaults, [...record.fields.keys()]);
  if (keys.key === undefined) complain(below(top, 'key'), 'is missing; expected a column, a list of columns, or row_hash');
  if (keys.key === 'row_hash' && fold)
    complain(
      below(top, 'key'),
      'row_hash is different for every row; to fold rows into cases, name the columns that are equal in all rows of a case',
    );
  const map: RecordMap = {
    source: readSourceName(keys.source, below(top, 'source')),
    zone: defaults.zone,
    currency: readCurrency(keys.currency, below(top, 'currency')),
    input: readInput(keys.input ?? {}, below(top, 'input')),
    key: keys.key === undefined ? 'row_hash' : readKey(keys.key, below(top, 'key'), defaults),
    case: record,
    ...lists,
    fold,
    fields: [],
  };
  if (problems.length) throw new BadInput(problems.map((p) => ({ field: p.field || where, message: p.message })));
  map.fields = [
    ...new Set([
      'source_id',
      ...map.case.fields.keys(),
      ...listed('events', lists.events),
      ...listed('surveys', lists.surveys),
      ...(lists.moreIssues.length ? ['more_issues'] : []),
      ...foldedFields(fold),
      ...kindsTold(lists.events, fold?.changes ?? []),
    ]),
  ];
  return map;
}

/**
 * Compiles a map for the columns of one file.
 * @param file name of the file, for messages
 * @param name what has the columns, for messages
 * @throws BadInput naming every column the map needs and the header lacks, or the delimiter when the file is written with another
 */
export function bindMap(
  map: RecordMap,
  columns: readonly string[],
  file: string | null = null,
  name = file === null ? 'the file' : `line 1 of ${file}`,
): BoundMap {
  const header: Header = { columns, used: new Set(), problems: [], name };
  const keyOf = bindKey(map.key, header);
  // The identity of a row is taken before its other columns are dropped, so its columns need not be kept.
  const rowKey = map.fold ? bindKey(map.fold.rowKey, { ...header, used: new Set() }) : keyOf;
  const order = bindOrder(map.fold, header);
  const { record, fields } = bindRecord(map, header, keyOf);
  if (header.problems.length) {
    const [only = ''] = columns;
    const hint = columns.length === 1 ? delimiterHint(only, map.input.delimiter) : null;
    throw new BadInput(hint ? [{ field: 'input.delimiter', message: `${header.name} ${hint}` }] : header.problems);
  }
  const check = (row: RawRow) => {
    const key = keyOf(row.values);
    if ('problem' in key || !map.fold) return key;
    const own = rowKey(row.values);
    if ('problem' in own) return { ...own, known: key.key };
    const place = order(row.values);
    return place !== null && typeof place === 'object' ? { ...place, known: key.key } : key;
  };
  return {
    map,
    fields,
    columns: columns.filter((column) => header.used.has(column)),
    keyColumns: keyColumnsOf(map.key),
    keyOf: check,
    rowKey: (row) => {
      const key = rowKey(row.values);
      return 'key' in key ? key.key : '';
    },
    ordinal: (row) => {
      const place = order(row.values);
      return typeof place === 'number' ? place : null;
    },
    record,
  };
}

function readCase(node: Yaml, at: At, defaults: Reading): PartPlan {
  const { source_id: key, if: condition, ...keys } = readMapping(node, at, null);
  if (key !== undefined) complain(below(at, 'source_id'), 'comes from key: of the map');
  if (condition !== undefined)
    complain(below(at, 'if'), 'does not go here: every row is a case; a condition for one field is written with when');
  return readPart(keys, at, defaults, mappedFields);
}

function readSourceName(node: Yaml | undefined, at: At): string {
  const name = readText(node, at, 'the name of the source, like store-desk') ?? '';
  if (name && !/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) complain(at, `"${name}" is not a name of small letters, digits, - and _`);
  return name;
}

function readCurrency(node: Yaml | undefined, at: At): string | null {
  if (node === undefined) return null;
  if (typeof node !== 'string' || !/^[A-Z]{3}$/.test(node)) complain(at, 'expected a currency code like EUR');
  return typeof node === 'string' ? node : null;
}

function listed(list: string, parts: PartPlan[]): string[] {
  return parts.length ? [list, ...parts.flatMap((part) => [...part.fields.keys()].map((name) => `${list}.${name}`))] : [];
}

function foldedFields(fold: FoldPlan | null): string[] {
  const changes = fold?.changes ?? [];
  return [...(changes.length ? ['events'] : []), ...changes.flatMap((change) => change.rules.flatMap((rule) => rule.first ?? []))];
}
