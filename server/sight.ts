import type { QueryDeps } from '../queries/prepare.ts';
import { readSmallTeams } from '../queries/small-teams.ts';
import type { Sight } from '../queries/sight.ts';
import { can, type SignedIn } from './auth/roles.ts';
import { rowsOf } from './auth/rows.ts';

/** What somebody may see: their rows; persons, texts and customers by role. */
export async function sightOf(user: SignedIn, deps: Pick<QueryDeps, 'reader' | 'cube' | 'now'>): Promise<Sight> {
  const rows = rowsOf(user);
  const persons = can(user, 'see_persons');
  const smallTeams = persons ? [] : await readSmallTeams(deps);
  return { rows, persons, smallTeams, text: can(user, 'see_text'), contact: can(user, 'see_contact') };
}
