import type { NewSourceBody } from '../../queries/model/lists.ts';
import { filledIn, type FormField, type FormValues } from '../schema-form.ts';

/** A source being described, as the form holds it. */
export interface SourceDraft {
  name: string;
  options: FormValues;
  /** Name of a map; empty where one is written here. */
  map: string;
  /** A map written here, YAML; null where one is named. */
  mapText: string | null;
  /** A step of the schedule; empty: only when asked. */
  every: string;
  /** Local time `HH:MM` of daily and rarer runs; empty for midnight. */
  at: string;
}

const drafts = $state<Record<string, SourceDraft>>({});

/** The draft of a source of a kind of place. It lasts as long as the tab, so that looking at another screen loses nothing. */
export function sourceDraft(connector: string, usualMap: string, isPush: boolean): SourceDraft {
  drafts[connector] ??= { name: '', options: {}, map: usualMap, mapText: null, every: isPush ? '' : 'hour', at: '' };
  return drafts[connector];
}

/** Forgets a draft: its source was accepted. */
export function dropSourceDraft(connector: string): void {
  delete drafts[connector];
}

/** The draft as the server takes it: an entry of `sources:` in silverlining.yaml. */
export function sourceBody(connector: string, draft: SourceDraft, fields: readonly FormField[]): NewSourceBody {
  const { name, options, map, mapText, every, at } = draft;
  const hasTime = at !== '' && ['day', 'week', 'month'].includes(every);
  const source = {
    name: name.trim(),
    connector,
    ...filledIn(fields, $state.snapshot(options)),
    // A map written here is saved beside the configuration under the name of the source.
    ...(mapText === null && { map }),
    ...(every && { schedule: { every, ...(hasTime && { at }) } }),
  };
  return { source, ...(mapText !== null && { map_text: mapText }) };
}
