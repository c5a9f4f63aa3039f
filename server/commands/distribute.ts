import { distribute, planDistribution, whyNotDistributed } from '../../etl/store/distribute.ts';
import { exitCodes, type Command } from './command.ts';
import { counted } from './words.ts';

export const distributeCommand: Command = {
  name: 'distribute',
  summary: 'Spreads a PostgreSQL store over the nodes of Citus.',
  args: '',
  count: [0, 0],
  flags: { 'dry-run': { description: 'Prints the statements and runs none.' } },
  async run({ flags }, { openStore, out, say }) {
    const store = await openStore();
    try {
      const why = await whyNotDistributed(store);
      const isDry = flags['dry-run'] === true;
      if (store.engine === 'postgresql' && (isDry || why === null)) {
        const plan = await planDistribution(store.writer);
        if (isDry) out(script(plan.statements, plan.afterwards));
        else {
          const rows = await distribute(store, plan);
          for (const [table, n] of rows) out(`${table}: ${counted(n, 'row')}\n`);
          if (rows.size === 0) out('Every table is in its place already.\n');
        }
      }
      if (why === null) return exitCodes.done;
      say(`silverlining distribute: ${why}`);
      return exitCodes.failed;
    } finally {
      await store.close();
    }
  },
};

function script(statements: readonly string[], afterwards: readonly string[]): string {
  if (statements.length === 0) return '-- Every table is in its place already.\n';
  const lines = ['begin', 'lock table change_counter in exclusive mode', ...statements, 'commit', ...afterwards];
  return lines.map((line) => `${line};\n`).join('');
}
