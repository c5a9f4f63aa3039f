import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { openBudget } from '../../queries/budget.ts';
import { figuresOf } from '../../queries/finish.ts';
import type { TallyRow } from '../../queries/model/tally.ts';
import { currentWindow } from '../../queries/windows.ts';

const budgets = suite('budget');

const failure = (work: () => unknown): BadInput => {
  try {
    work();
  } catch (error) {
    if (error instanceof BadInput) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

budgets('holds for a whole request, not for each of its queries', () => {
  const budget = openBudget();
  budget.spend('rows', 150_000);
  budget.spend('rows', 50_000);
  assert.match(failure(() => budget.spend('rows', 1)).message, /^by: gives more than 200\s000 rows in one request; set a limit/);
});

budgets('gives way to others, and ends a request that takes too long', async () => {
  let now = 0;
  const budget = openBudget({ timeout: 1000 }, () => now);
  assert.is(budget.rest(), undefined);
  now = 100;
  let isServed = false;
  setImmediate(() => (isServed = true));
  await budget.rest();
  assert.ok(isServed);
  assert.is(budget.rest(), undefined);
  now = 1500;
  assert.is(budget.statementMs(), 500);
  now = 2001;
  assert.match(failure(() => budget.rest()).message, /took longer than 2 s; narrow the period/);
  assert.match(failure(() => budget.statementMs()).message, /took longer than 2 s/);
});

budgets('refuses gaps before they are filled', async () => {
  const days = currentWindow({ from: '1950-01-01', to: '2024-12-31', grain: 'day' }, { date: '2024-12-31', isOver: true });
  const rows = Array.from({ length: 2000 }, (_, i): TallyRow => ({ bucket: '2024-01-01', keys: [i], bins: null, sums: [1, 0] }));
  for (const name of ['received', 'open', 'on_time_rate', 'resolution_days_p50'] as const) {
    const start = process.cpuUsage();
    const refused = await figuresOf(name, [rows, []], days, 100).catch((error: unknown) => error);
    assert.ok(refused instanceof BadInput && /more than 3\s000\s000 figures/.test(refused.message), name);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 2e6, `${name} took ${(user + system) / 1000} ms of work`);
  }
});

budgets.run();
