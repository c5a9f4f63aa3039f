import type * as L from '../queries/model/lists.ts';
import { json, search } from './transport.ts';

/** Which rejected rows a list shows; an absent part narrows nothing. */
export interface RejectedChoice {
  source?: string;
  run?: number | null;
  field?: string | null;
  reason_kind?: string;
  state?: 'waiting' | 'settled';
  page?: number;
}

/** The endpoints of the data page, typed. Each throws ApiFailed, or the abort's own error when `signal` ends it. */
export const dataApi = {
  sources: (signal?: AbortSignal): Promise<L.ListPage<L.SourceRow>> => json('GET', '/api/sources', { signal }),

  /** Reads a configured source now. */
  runSource: (name: string): Promise<{ run_id: number }> => json('POST', `${sourcePath(name)}/run`),

  /** A new token with which records can be sent to a source; it is never shown again. */
  makeToken: (name: string): Promise<L.NewPushToken> => json('POST', `${sourcePath(name)}/token`),

  /** Ends every token of a source. */
  revokeTokens: (name: string): Promise<unknown> => json('DELETE', `${sourcePath(name)}/tokens`),

  runs: (given: { source?: string; page?: number } = {}, signal?: AbortSignal): Promise<L.ListPage<L.RunRow>> =>
    json('GET', `/api/runs${search(given)}`, { signal }),

  rejectReasons: (source: string, signal?: AbortSignal): Promise<L.RejectReasons> =>
    json('GET', `/api/rejected/reasons${search({ source })}`, { signal }),

  rejected: ({ ...given }: RejectedChoice, signal?: AbortSignal): Promise<L.ListPage<L.RejectedRow>> =>
    json('GET', `/api/rejected${search(given)}`, { signal }),

  rejectedRow: (id: number, signal?: AbortSignal): Promise<L.RejectedDetail> => json('GET', `/api/rejected/${id}`, { signal }),

  /** What a rejected row would become with some of its columns changed; nothing is loaded. */
  checkRow: (id: number, values: Record<string, string>, signal?: AbortSignal): Promise<L.RejectedCheck> =>
    json('POST', `/api/rejected/${id}/check`, { body: { values } satisfies L.RejectedCheckBody, signal }),

  replay: (body: L.ReplayBody): Promise<L.ReplayStarted> => json('POST', '/api/rejected/replay', { body }),

  dismiss: (body: L.DismissBody): Promise<L.Dismissed> => json('POST', '/api/rejected/dismiss', { body }),

  flagRules: (source: string, signal?: AbortSignal): Promise<L.FlagRules> =>
    json('GET', `/api/flagged/rules${search({ source })}`, { signal }),

  flagged: (given: { source?: string; rule?: string; page?: number } = {}, signal?: AbortSignal): Promise<L.ListPage<L.FlaggedRow>> =>
    json('GET', `/api/flagged${search(given)}`, { signal }),

  unmapped: (given: { source?: string; page?: number }, signal?: AbortSignal): Promise<L.ListPage<L.UnmappedRow>> =>
    json('GET', `/api/unmapped${search(given)}`, { signal }),

  /** What a label change would do. */
  previewLabel: (body: L.LabelChangeBody, signal?: AbortSignal): Promise<L.LabelChangePreview> =>
    json('POST', '/api/label-changes/preview', { body, signal }),

  changeLabel: (body: L.LabelChangeBody): Promise<L.LabelChanged> => json('POST', '/api/label-changes', { body }),

  undoLabel: (id: number): Promise<{ cases: number }> => json('POST', `/api/label-changes/${id}/undo`),

  labelChanges: (given: { page?: number }, signal?: AbortSignal): Promise<L.ListPage<L.LabelChangeListRow>> =>
    json('GET', `/api/label-changes${search(given)}`, { signal }),

  connectors: (signal?: AbortSignal): Promise<L.Connectors> => json('GET', '/api/connectors', { signal }),

  maps: (signal?: AbortSignal): Promise<L.Maps> => json('GET', '/api/maps', { signal }),

  /** Reads the first rows of a source that is not configured yet. */
  previewSource: (body: L.NewSourceBody, signal?: AbortSignal): Promise<L.SourcePreview> =>
    json('POST', '/api/sources/preview', { body, signal }),

  addSource: (body: L.NewSourceBody): Promise<L.SourceAdded> => json('POST', '/api/sources', { body }),
};

function sourcePath(name: string): string {
  return `/api/sources/${encodeURIComponent(name)}`;
}
