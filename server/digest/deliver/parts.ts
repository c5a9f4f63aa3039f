import type { Knex } from 'knex';
import type { DigestPartRow } from '../../../etl/store/tables.ts';
import { isAsWritten } from '../issues.ts';
import type { MessagePart } from './message.ts';

/**
 * Reads the parts of issues and keeps those of the last few, so that an issue is read once for all its recipients. They never change.
 * @param most issues kept: one for each message that is made at once
 */
export function createPartReader(reader: Knex, most = 3): (issueId: string) => Promise<readonly MessagePart[]> {
  const kept = new Map<string, Promise<readonly MessagePart[]>>();
  return (issueId) => {
    const parts = kept.get(issueId) ?? readParts(reader, issueId);
    // What was asked for last stands last, and what stands first is given up.
    kept.delete(issueId);
    kept.set(issueId, parts);
    for (const old of [...kept.keys()].slice(0, -most)) kept.delete(old);
    parts.catch(() => kept.delete(issueId));
    return parts;
  };
}

async function readParts(reader: Knex, issueId: string): Promise<MessagePart[]> {
  const parts = await reader<DigestPartRow>('digest_part').where({ issue_id: issueId }).orderBy('name');
  const changed = parts.find((part) => !isAsWritten(part));
  if (changed) throw new Error(`what is stored as ${changed.name} is not what was made`);
  return parts;
}
