import type { AnnotationsJson, BaselineBody, NoteBody, SavedView, SavedViewBody, SeenNote } from '../queries/model/lists.ts';
import type { Window } from '../queries/model/wire.ts';
import { json, search } from './transport.ts';

/** The endpoints of saved views, of what stands beside the time axis and of typical ranges, typed. Each throws ApiFailed, or the abort's own error when `signal` ends it. */
export const savedViewsApi = {
  list: (signal?: AbortSignal): Promise<{ views: SavedView[] }> => json('GET', '/api/saved-views', { signal }),

  save: (body: SavedViewBody): Promise<{ view_id: number }> => json('POST', '/api/saved-views', { body }),

  change: (id: number, body: Partial<SavedViewBody>): Promise<{ view_id: number }> => json('PATCH', `/api/saved-views/${id}`, { body }),

  remove: (id: number): Promise<{ view_id: number }> => json('DELETE', `/api/saved-views/${id}`),
};

export const annotationsApi = {
  list: ({ from, to }: Window, signal?: AbortSignal): Promise<AnnotationsJson> =>
    json('GET', `/api/annotations${search({ from, to })}`, { signal }),

  write: (body: NoteBody): Promise<{ note_id: number }> => json('POST', '/api/notes', { body }),

  change: ({ note_id, version }: SeenNote, body: NoteBody): Promise<SeenNote> =>
    json('PUT', `/api/notes/${note_id}`, { body: { ...body, version } }),

  remove: ({ note_id, version }: SeenNote): Promise<{ note_id: number }> => json('DELETE', `/api/notes/${note_id}${search({ version })}`),
};

/** Where typical ranges begin anew. */
export const baselinesApi = {
  set: (body: BaselineBody): Promise<{ baseline_id: number }> => json('POST', '/api/baselines', { body }),

  takeBack: (id: number): Promise<{ baseline_id: number }> => json('DELETE', `/api/baselines/${id}`),
};
