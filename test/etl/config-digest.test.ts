import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../etl/config.ts';
import { BadInput } from '../../etl/errors.ts';

const place = { where: 'silverlining.yaml', folder: '/etc/silverlining' };
const digests = suite('digests of the configuration');

/** What is wrong with the entry, each as `field: message`. */
function problemsOf(text: string): string[] {
  try {
    readConfig(text, place);
  } catch (error) {
    if (error instanceof BadInput) return error.problems.map(({ field, message }) => `${field}: ${message}`);
    throw error;
  }
  return [];
}

digests('take complaints, Monday or the first, and seven in the morning where nothing else is said', () => {
  const { digests: read, targets } = readConfig(
    `
targets: { on_time_rate: 90%, resolution_days_p50: 10 }
digests:
  - { name: Weekly, schedule: { every: week }, owner: admin, recipients: [Anna@Example.org, anna@example.org] }
  - { name: Quarterly, schedule: { every: quarter, on: 5, at: '08:15', zone: Europe/Vienna }, owner: admin, until: '2027-12-31', webhook: { url: '\${HOOK}', kind: teams } }
`,
    place,
  );
  assert.equal(targets, { on_time_rate: 0.9, resolution_days_p50: 10 });
  assert.equal(read, [
    {
      name: 'Weekly',
      schedule: { every: 'week', on: 'monday', at: '07:00' },
      where: { kind: ['complaint'] },
      owner: 'admin',
      recipients: ['anna@example.org'],
      until: null,
      webhook: null,
    },
    {
      name: 'Quarterly',
      schedule: { every: 'quarter', on: 5, at: '08:15', zone: 'Europe/Vienna' },
      where: { kind: ['complaint'] },
      owner: 'admin',
      recipients: [],
      until: '2027-12-31',
      webhook: { url: '${HOOK}', kind: 'teams' },
    },
  ]);
});

digests('say every mistake at its place', () => {
  const text = `
targets: { on_time_rate: often }
digests:
  - { name: One, schedule: { every: day }, owner: admin }
  - { name: One, schedule: { every: week, on: 3 }, owner: admin, recipients: [nobody], until: tomorrow, webhook: { url: 'https://hooks.example.org/secret', kind: slack } }
`;
  const problems = problemsOf(text);
  for (const start of [
    'targets.on_time_rate: ',
    'digests[0].schedule.every: ',
    'digests[1].schedule.on: 3 is no weekday',
    'digests[1].recipients[0]: is no mail address',
    'digests[1].until: is no date',
    'digests[1].webhook.url: is a secret',
    'digests[1].name: "One" is the name of another digest',
  ])
    assert.ok(
      problems.some((problem) => problem.startsWith(start)),
      `${start}… is not among ${problems.join(' | ')}`,
    );
});

digests.run();
