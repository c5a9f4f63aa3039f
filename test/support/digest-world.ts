import type { CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { addBuckets } from '../../queries/model/buckets.ts';
import { loadRecords, tempStore } from './store.ts';

const at = (text: string): number => Date.parse(text) / 1000;

/** Months of {@link digestWorld}, the first and the last of them, and the instant its only source is known until. */
export const worldMonths = 26;
export const worldFirst = '2024-09-01';
export const worldLast = '2026-10-01';
export const worldThrough = at('2026-11-02T12:00:00Z');

/**
 * Complaints and compliments of twenty-six months, the same in each but for a small ripple: 20 of Billing (19, 20, 21 in turn), 12 of Delivery, 3 of Rare, and
 * 6 compliments. In the last, October 2026, Billing has 48. Every tenth is resolved after fourteen days, past its due date of ten, the others after four.
 * In all 63 complaints of October: 48 of Billing, 12 of Delivery, 3 of Rare.
 */
export function worldRecords(): CaseRecord[] {
  return Array.from({ length: worldMonths }, (_, month) => addBuckets('month', worldFirst, month)).flatMap((month, m) => {
    const billing = month === worldLast ? 48 : 19 + (m % 3);
    const issues = [...Array<string>(billing).fill('Billing'), ...Array<string>(12).fill('Delivery'), ...Array<string>(3).fill('Rare')];
    return [
      ...issues.map((issue, i) => complaint(`${month}-${i}`, at(`${month}T09:00:00Z`) + (i % 14) * 86_400, i, issue)),
      ...Array.from({ length: 6 }, (_, i): CaseRecord => ({
        source_id: `${month}-praise-${i}`,
        kind: 'compliment',
        product: 'Broadband',
        received_at: at(`${month}T09:00:00Z`) + i * 86_400,
      })),
    ];
  });
}

function complaint(source_id: string, received: number, i: number, issue: string): CaseRecord {
  const resolved = received + (i % 10 === 9 ? 14 : 4) * 86_400;
  return {
    source_id,
    kind: 'complaint',
    issue,
    received_at: received,
    resolved_at: resolved,
    due_at: received + 10 * 86_400,
    status: 'resolved',
    outcome: i % 3 === 1 ? 'not upheld' : 'upheld',
    root_cause: i % 3 === 0 ? 'Wrong tariff' : 'Late letter',
    severity: i % 6 === 0 ? 'high' : 'low',
    vulnerable: i % 8 === 0,
    agent: 'agent-7',
    ...(i % 5 === 0 ? { redress: 'refund' as const, redress_amount: '10.00', redress_currency: 'EUR' } : {}),
    surveys: [{ kind: 'csat', asked_at: resolved, scale: '1-5', ...(i % 2 ? { answered_at: resolved, score: i % 4 === 1 ? 5 : 2 } : {}) }],
  };
}

/** A store with {@link worldRecords} from a source `desk`, known until noon of 2 November 2026 unless told otherwise. */
export async function digestWorld(throughAt = worldThrough): Promise<{ store: Store; dir: string; close: () => Promise<void> }> {
  const temp = await tempStore();
  await loadRecords(temp.store, worldRecords(), { source: 'desk', currency: 'EUR', throughAt });
  return temp;
}
