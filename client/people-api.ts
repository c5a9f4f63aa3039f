import type { AuditPageJson } from '../queries/model/audit-trail.ts';
import type { AccountJson, InvitedJson, PeopleJson } from '../queries/model/people.ts';
import { json, send } from './transport.ts';

/** What is sent of a person; what is left out stays. */
export interface PersonBody {
  name: string;
  role: string;
  email: string | null;
  agent: string | null;
  scope: { team: string[]; company: string[] } | null;
}

const at = (name: string) => `/api/people/${encodeURIComponent(name)}`;

/** People and one's own account. Each throws ApiFailed, or the abort's own error when `signal` ends it. */
export const peopleApi = {
  list: (signal?: AbortSignal): Promise<PeopleJson> => json('GET', '/api/people', { signal }),
  /** @param search which lines, as in the address of the screen */
  audit: (search: string, signal?: AbortSignal): Promise<AuditPageJson> => json('GET', `/api/people/audit?${search}`, { signal }),
  invite: (body: PersonBody): Promise<InvitedJson> => json('POST', '/api/people', { body }),
  change: (name: string, body: Partial<PersonBody> & { disabled?: boolean }): Promise<unknown> => json('PATCH', at(name), { body }),
  link: (name: string): Promise<InvitedJson> => json('POST', `${at(name)}/invitation`, { body: {} }),
  endSessions: (name: string): Promise<{ ended: number }> => json('DELETE', `${at(name)}/sessions`),
  account: (signal?: AbortSignal): Promise<AccountJson> => json('GET', '/api/account', { signal }),
  endOwn: (id: string | null): Promise<{ ended: number }> =>
    json('DELETE', `/api/account/sessions${id === null ? '' : `/${encodeURIComponent(id)}`}`),
  setPassword: async (body: { current: string; password: string }): Promise<void> => {
    await send('PUT', '/api/account/password', { body });
  },
};
