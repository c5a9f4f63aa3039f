import type { LikelyBody, LikelyJson, LikelyPage, LinkBody } from '../queries/model/links.ts';
import { json, search } from './transport.ts';

/** What is asked and said about cases of one matter; each throws {@link ApiFailed}. */
export const linksApi = {
  /** Cases that are likely about the same matter as one that is being typed. */
  whileTyped: (body: LikelyBody, signal?: AbortSignal): Promise<LikelyJson> =>
    json('POST', '/api/cases/likely-duplicates', { body, signal }),

  /** Pairs that nobody has decided on, the latest first. */
  list: (before: string | null, signal?: AbortSignal): Promise<LikelyPage> =>
    json('GET', `/api/likely-duplicates${search({ before })}`, { signal }),

  /** Says what two cases are to one another. */
  say: (body: LinkBody): Promise<LinkBody> => json('POST', '/api/case-links', { body }),
};
