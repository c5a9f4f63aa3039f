import { planErasure } from '../../etl/erase.ts';
import { BadInput } from '../../etl/errors.ts';
import { exportCustomer } from '../../queries/customer-export.ts';
import { audit } from '../auth/audit.ts';
import { customerPage } from '../customer-page.ts';
import { exitCodes, textFlag, type Command } from './command.ts';
import { customerOf } from './erase.ts';

export const exportCustomerCommand: Command = {
  name: 'export-customer',
  summary: 'Prints everything the store holds about a customer.',
  args: '',
  count: [0, 0],
  flags: {
    case: { value: 'NUMBER', description: 'A case of the customer; all their cases are printed.' },
    customer: { value: 'REFERENCE', description: 'The customer, as their source calls them.' },
    format: { value: 'FORMAT', allowed: ['json', 'html'], description: 'For programs (json, the default) or to read and print (html).' },
  },
  async run(given, { readConfig, openStore, now, out }) {
    const { customer } = customerOf(given);
    const { organisation } = readConfig();
    const store = await openStore();
    try {
      const plan = await planErasure(store, customer);
      if (!plan) throw new BadInput([{ field: '', message: 'there is no case of this customer in the store' }]);
      const found = await exportCustomer({ reader: store.reader, organisation, now }, plan.caseIds);
      const target = `case ${plan.caseIds[0]}: ${found.cases.length} ${found.cases.length === 1 ? 'case' : 'cases'}`;
      await audit(store.writer, { at: now(), userId: null, action: 'customer_exported', target });
      out(textFlag(given, 'format') === 'html' ? customerPage(found, organisation.name) : `${JSON.stringify(found, null, 2)}\n`);
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};
