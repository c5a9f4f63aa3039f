import { controllabilities, escalationLevels, kinds, outcomes, redressTypes, severities, statuses } from '../../etl/record.ts';

/** A way to split or filter figures. Fixed lists and bands have their members here; the members of labels are in the store. */
export interface Dimension {
  label: string;
  /** The same in a sentence, for several of them. */
  plural: string;
  description: string;
  /** `fixed`: code = position in `members` from 1. `label`: table `label`. `flag`: members for 0 and 1. `band`: computed from a time. */
  type: 'fixed' | 'label' | 'flag' | 'band';
  members?: readonly string[];
  /** The dimension whose label stands above: members read "parent › member". */
  parent?: string;
}

/** The member of rows without a value, and what a limit leaves over. */
export const noneLabel = '(none)';
export const otherLabel = '(other)';
/** Stands between the two levels of a sub-member's name: "Mortgage › FHA". */
export const subSeparator = ' › ';

/** Bands of whole days, `from` inclusive, `below` exclusive: FCA's 8 weeks are 56 days. */
export const bands = [
  { label: '0–7 days', from: 0, below: 8 },
  { label: '8–30 days', from: 8, below: 31 },
  { label: '31–56 days', from: 31, below: 57 },
  { label: '> 56 days', from: 57, below: null },
] as const satisfies { label: string; from: number; below: number | null }[];
const bandLabels = bands.map((b) => b.label);

export const dimensions = {
  kind: { type: 'fixed', members: kinds, label: 'Kind', plural: 'kinds', description: 'Complaint, compliment, suggestion or enquiry.' },
  channel: { type: 'label', label: 'Channel', plural: 'channels', description: 'How the case reached us.' },
  company: { type: 'label', label: 'Company', plural: 'companies', description: 'The organisation or brand complained about.' },
  product: { type: 'label', label: 'Product', plural: 'products', description: 'The product or service it is about.' },
  sub_product: { type: 'label', parent: 'product', label: 'Sub-product', plural: 'sub-products', description: 'A kind of the product.' },
  issue: {
    type: 'label',
    label: 'Issue',
    plural: 'issues',
    description: 'What the customer says went wrong; the primary one of the case.',
  },
  sub_issue: { type: 'label', parent: 'issue', label: 'Sub-issue', plural: 'sub-issues', description: 'A kind of the issue.' },
  severity: { type: 'fixed', members: severities, label: 'Severity', plural: 'severities', description: 'Harm done or threatened.' },
  region: { type: 'label', label: 'Region', plural: 'regions', description: 'Where the customer or the matter is.' },
  segment: { type: 'label', label: 'Segment', plural: 'segments', description: 'The kind of customer.' },
  team: { type: 'label', label: 'Team', plural: 'teams', description: 'Who owns the case.' },
  agent: { type: 'label', label: 'Agent', plural: 'agents', description: 'Who handles the case; for surveys, whom the answer is about.' },
  root_cause: { type: 'label', label: 'Root cause', plural: 'root causes', description: 'Why it happened, decided while handling.' },
  controllability: {
    type: 'fixed',
    members: controllabilities,
    label: 'Controllability',
    plural: 'kinds of control',
    description: 'In whose hands the cause lies.',
  },
  theme: { type: 'label', label: 'Theme', plural: 'themes', description: 'What could be coached: a behaviour.' },
  outcome: { type: 'fixed', members: outcomes, label: 'Outcome', plural: 'outcomes', description: 'What was decided.' },
  redress: { type: 'fixed', members: redressTypes, label: 'Redress', plural: 'kinds of redress', description: 'What we gave.' },
  status: { type: 'fixed', members: statuses, label: 'Status', plural: 'statuses', description: 'Where the case stands now.' },
  escalation_level: {
    type: 'fixed',
    members: escalationLevels,
    label: 'Escalation level',
    plural: 'escalation levels',
    description: 'The highest level reached.',
  },
  source: { type: 'label', label: 'Source', plural: 'sources', description: 'Where the record came from.' },
  vulnerable: {
    type: 'flag',
    members: ['no', 'yes'],
    label: 'Vulnerable customer',
    plural: 'circumstances',
    description: 'Known to be in circumstances that call for particular care.',
  },
  wait_band: {
    type: 'band',
    members: bandLabels,
    label: 'Time to resolve',
    plural: 'times to resolve',
    description: 'Whole days from received to resolved.',
  },
  age_band: {
    type: 'band',
    members: bandLabels,
    label: 'Age while open',
    plural: 'ages',
    description: 'Whole days a case that is still open has been open.',
  },
} as const satisfies Record<string, Dimension>;
export type DimensionName = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as DimensionName[];

/** The definition of a dimension, without the literal types of the table above. */
export const dimensionOf = (name: DimensionName): Dimension => dimensions[name];
