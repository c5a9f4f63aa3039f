import { hash } from 'node:crypto';
import type { LoadedCase } from './load-cases.ts';
import type { CaseRecord, EventChanges, Flag, SurveyRecord } from './record.ts';
import { place } from './store/tables.ts';

/** Fields of a record that say who a customer is, or hold what people wrote. */
export const erasedFields = [
  'title', 'narrative', 'resolution_note', 'remedy_sought', 'customer_ref', 'customer_name', 'contact',
] as const satisfies readonly (keyof CaseRecord)[]; // prettier-ignore

/** What a flag says after its value was erased. */
export const erasedMessage = 'a value was not right; it was erased';

/** Changes of an event less those of erased fields; null where none is left. */
export function scrubChanges(changes: EventChanges | undefined): EventChanges | null {
  const kept = Object.entries(changes ?? {}).filter(([name]) => !(erasedFields as readonly string[]).includes(name));
  return kept.length ? Object.fromEntries(kept) : null;
}

/** A survey less what the customer said beside the score. */
export function scrubSurvey(survey: SurveyRecord): SurveyRecord {
  return { ...survey, comment: undefined };
}

/** A flag less the value it is about; a label that is not on its list is no text of anybody's. */
export function scrubFlag(flag: Flag): Flag {
  return flag.rule === 'unknown_label' ? flag : { ...flag, message: erasedMessage, value: '' };
}

/**
 * A case less identity and text: what is counted stays. Its row hash is made of what is left, so that the same row is unchanged when it comes again,
 * and says nothing about what was erased.
 * @param customerKey what stands for the customer instead
 */
export function scrubCase(derived: LoadedCase, customerKey: string | null): LoadedCase {
  const kept = Object.entries(derived.record).filter(([name]) => !(erasedFields as readonly string[]).includes(name));
  const record = Object.fromEntries(kept) as CaseRecord;
  record.events = record.events?.map(({ kind, at, changes, surveys, recorded_at }) => {
    const left = scrubChanges(changes);
    return {
      ...{ kind, at },
      ...(left && { changes: left }),
      ...(surveys && { surveys: surveys.map(scrubSurvey) }),
      ...(recorded_at !== undefined && { recorded_at }),
    };
  });
  record.surveys = record.surveys?.map(scrubSurvey);
  const row = derived.row.slice();
  row[place.customer_key] = customerKey;
  const content = JSON.stringify(['erased', row[place.received_on], row[place.redress_minor], record]);
  const rowHash = hash('sha256', content, 'base64url').slice(0, 22);
  row[place.row_hash] = rowHash;
  return {
    ...derived,
    rowHash,
    record,
    row,
    text: null,
    words: [],
    events: derived.events.map(({ kind, at, isWholeDay, actor, changes, surveys, recordedAt }) => {
      const left = scrubChanges(changes);
      const isCustomer = actor !== null && [derived.text?.customer_name, derived.text?.customer_ref, derived.text?.contact].includes(actor);
      return {
        kind,
        at,
        isWholeDay,
        actor: isCustomer ? null : actor,
        from: null,
        to: null,
        ...(left && { changes: left }),
        ...(surveys && { surveys: surveys.map(scrubSurvey) }),
        ...(recordedAt !== undefined && { recordedAt }),
      };
    }),
    surveys: derived.surveys.map((survey) => ({ ...survey, comment: null })),
    flags: derived.flags.map(scrubFlag),
  };
}
