import fc from 'fast-check';
import type { CaseRecord, When } from '../../etl/record.ts';

export const firstDay = Date.UTC(2024, 0, 1) / 1000;
const day = 86_400;

/** A case somewhere in 200 days with every kind of end, survey, deadline and label that figures depend on. Keys are given by {@link randomCases}. */
const randomCase: fc.Arbitrary<CaseRecord> = fc
  .record({
    at: fc.integer({ min: 0, max: 200 * day }),
    isWholeDay: fc.boolean(),
    wait: fc.integer({ min: 0, max: 90 * day }),
    end: fc.constantFrom('open', 'resolved', 'withdrawn', 'closed', 'unknown', 'before'),
    issue: fc.constantFrom('late', 'fee', 'rude', undefined),
    more: fc.constantFrom('late', 'fee', undefined),
    product: fc.constantFrom('card', 'loan'),
    channel: fc.constantFrom('web', 'phone', undefined),
    kind: fc.constantFrom('complaint', 'complaint', 'compliment', 'enquiry'),
    due: fc.option(fc.integer({ min: 0, max: 60 * day }), { nil: undefined }),
    score: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    isAsked: fc.boolean(),
    nps: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
    amount: fc.constantFrom(undefined, '0', '12.50', '100'),
    duplicate: fc.constantFrom(false, false, false, true),
    escalated: fc.boolean(),
    reopened: fc.boolean(),
    handovers: fc.nat({ max: 4 }),
    customer: fc.constantFrom('a', 'b', undefined),
    outcome: fc.constantFrom('upheld', 'not upheld', undefined),
  })
  .map((r): CaseRecord => {
    const received = firstDay + r.at;
    const over = received + r.wait;
    const when = (instant: number): When => (r.isWholeDay ? new Date(instant * 1000).toISOString().slice(0, 10) : instant);
    const ends: Record<string, Partial<CaseRecord>> = {
      open: {},
      resolved: { resolved_at: when(over) },
      withdrawn: { withdrawn_at: when(over) },
      closed: { closed_at: when(over) },
      unknown: { status: 'closed' },
      before: { resolved_at: when(received - 3 * day) },
    };
    const surveys: NonNullable<CaseRecord['surveys']> = [];
    if (r.score !== undefined)
      surveys.push({ kind: 'csat', scale: '1-5', score: r.score, answered_at: over + day, ...(r.isAsked && { asked_at: over }) });
    else if (r.isAsked) surveys.push({ kind: 'csat', scale: '1-5', asked_at: over });
    if (r.nps !== undefined) surveys.push({ kind: 'nps', scale: '0-10', score: r.nps, answered_at: over + 2 * day });
    return JSON.parse(
      JSON.stringify({
        source_id: '',
        kind: r.kind,
        received_at: when(received),
        ...ends[r.end],
        issue: r.issue,
        ...(r.issue && r.more && r.more !== r.issue && { more_issues: [{ issue: r.more }] }),
        product: r.product,
        channel: r.channel,
        ...(r.due !== undefined && { due_at: when(received + r.due) }),
        surveys,
        ...(r.amount && { redress_amount: r.amount, redress_currency: 'EUR' }),
        duplicate: r.duplicate,
        ...(r.handovers && { reassign_count: r.handovers }),
        ...(r.escalated && { first_escalated_at: when(received + Math.floor(r.wait / 2)) }),
        ...(r.reopened &&
          r.end === 'resolved' && { first_resolved_at: when(received), first_reopened_at: when(received + Math.floor(r.wait / 3)) }),
        customer_ref: r.customer,
        outcome: r.outcome,
        acknowledged_at: when(received + Math.floor(r.wait / 4)),
      }),
    ) as CaseRecord; // undefined values left out, as records have them
  });

/** Up to 40 cases with keys of their own. */
export const randomCases: fc.Arbitrary<CaseRecord[]> = fc
  .array(randomCase, { minLength: 1, maxLength: 40 })
  .map((cases) => cases.map((c, i) => ({ ...c, source_id: `case ${i + 1}` })));
