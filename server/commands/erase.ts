import type { Config } from '../../etl/config.ts';
import { eraseCustomer, type Customer } from '../../etl/erase.ts';
import { BadInput } from '../../etl/errors.ts';
import { evidenceFolder, openEvidenceFiles } from '../../etl/evidence-files.ts';
import { eraseDue, retentionDue } from '../../etl/retention.ts';
import { removedWords } from '../../queries/model/erasure.ts';
import { audit } from '../auth/audit.ts';
import { describeErasure, erasureJson, erasureTarget, receiptText } from '../erasures.ts';
import { auditDue, dueInWords } from '../retention.ts';
import { exitCodes, textFlag, type Command, type Given } from './command.ts';
import type { Context } from './context.ts';
import { counted } from './words.ts';

export const erase: Command = {
  name: 'erase',
  summary: 'Removes who a customer is and all that was written in their cases, keeping counts; prints a receipt.',
  args: '',
  count: [0, 0],
  flags: {
    case: { value: 'NUMBER', description: 'A case of the customer; all their cases are erased.' },
    customer: { value: 'REFERENCE', description: 'The customer, as their source calls them.' },
    due: { description: 'Instead: all cases that are kept for longer than `retention:` of the configuration says.' },
    'dry-run': { description: 'With --due: only says how many there are.' },
    confirm: { value: 'WORD', description: 'The same number or reference once more: only then anything is erased.' },
  },
  async run(given, context) {
    const { readConfig, environment, openStore, now, out, say } = context;
    const config = readConfig();
    if (given.flags.due || given.flags['dry-run']) return eraseOld(given, config, context);
    const { customer, word } = customerOf(given);
    const { organisation } = config;
    const confirm = textFlag(given, 'confirm');
    if (confirm !== undefined && confirm !== word)
      throw new BadInput([{ field: '--confirm', message: `is not the same as what is to be erased; expected ${word}` }]);
    const store = await openStore();
    try {
      const plan = await describeErasure(store, customer);
      if (!plan) throw new BadInput([{ field: '', message: 'there is no case of this customer in the store' }]);
      say(`${counted(plan.cases, 'case')} of ${plan.sources.join(', ')} (${plan.open} open) and ${counted(plan.surveys, 'survey')}.`);
      if (!plan.is_named) say('The case names no customer: no other case is known to be theirs.');
      if (confirm === undefined) {
        say(`To be removed: ${removedWords}.`);
        say(`Nothing was changed. To erase this for good, add: --confirm ${JSON.stringify(word)}`);
        return exitCodes.done;
      }
      const receipt = await eraseCustomer(store, customer, {
        by: 'command line',
        now: now(),
        evidence: evidenceOf(environment),
        after: (trx, made) => audit(trx, { at: made.at, userId: null, action: 'customer_erased', target: erasureTarget(made) }),
      });
      if (receipt) out(receiptText(erasureJson(receipt), organisation.name));
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

async function eraseOld(
  { flags }: Given,
  { organisation, retention = [] }: Config,
  { environment, openStore, now, out, say }: Context,
): Promise<number> {
  if (!flags.due || flags.case || flags.customer || flags.confirm)
    throw new BadInput([{ field: '--due', message: 'stands alone or with --dry-run' }]);
  if (retention.length === 0) throw new BadInput([{ field: 'retention', message: 'is not configured: everything is kept' }]);
  const store = await openStore();
  try {
    const when = { now: now(), zone: organisation.zone ?? 'UTC' };
    for (const due of await retentionDue(store.reader, retention, when)) say(dueInWords(due));
    if (flags['dry-run']) return exitCodes.done;
    for (const receipt of await eraseDue(store, retention, {
      ...when,
      by: 'command line',
      evidence: evidenceOf(environment),
      after: auditDue,
    }))
      out(`${receiptText(erasureJson(receipt), organisation.name)}\n`);
    return exitCodes.done;
  } finally {
    await store.close();
  }
}

const evidenceOf = ({ dataDir }: Context['environment']) => openEvidenceFiles(evidenceFolder(dataDir));

/** Who is meant. @throws BadInput unless it is said in one way */
export function customerOf(given: Given): { customer: Customer; word: string } {
  const [number, reference] = [textFlag(given, 'case'), textFlag(given, 'customer')];
  if ((number === undefined) === (reference === undefined))
    throw new BadInput([{ field: '', message: 'whose? expected either --case NUMBER or --customer REFERENCE' }]);
  if (reference !== undefined) return { customer: { reference }, word: reference };
  if (!/^[1-9]\d{0,14}$/.test(number ?? '')) throw new BadInput([{ field: '--case', message: `"${number}" is not the number of a case` }]);
  return { customer: { caseId: Number(number) }, word: number ?? '' };
}
