import type { Sight } from '../../queries/sight.ts';
import type { SignedIn } from './roles.ts';

/** The rows somebody may see: those of their scope, and staff only the cases under their own agent; null for all. Staff without an agent see none. */
export function rowsOf({ role, agent, scope }: Pick<SignedIn, 'role' | 'agent' | 'scope'>): Sight['rows'] {
  if (scope === null && role !== 'staff') return null;
  return { ...scope, ...(role === 'staff' && { agent: agent === null ? [] : [agent] }) };
}
