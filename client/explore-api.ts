import type { SavedView, SavedViewBody } from '../queries/model/lists.ts';
import { json } from './transport.ts';

/** The endpoints of saved views, typed. Each throws ApiFailed, or the abort's own error when `signal` ends it. */
export const savedViewsApi = {
  list: (signal?: AbortSignal): Promise<{ views: SavedView[] }> => json('GET', '/api/saved-views', { signal }),

  save: (body: SavedViewBody): Promise<{ view_id: number }> => json('POST', '/api/saved-views', { body }),

  change: (id: number, body: Partial<SavedViewBody>): Promise<{ view_id: number }> => json('PATCH', `/api/saved-views/${id}`, { body }),

  remove: (id: number): Promise<{ view_id: number }> => json('DELETE', `/api/saved-views/${id}`),
};
