import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import { readCommandLine, usage, type Command } from '../../../server/commands/command.ts';

const example: Command = {
  name: 'import',
  summary: 'An example.',
  args: 'FILE',
  count: [1, 1],
  flags: {
    map: { value: 'NAME|PATH', description: '' },
    format: { value: 'FORMAT', allowed: ['json', 'csv'], description: '' },
    quiet: { description: '' },
  },
  run: () => Promise.resolve(0),
};

const commandLine = suite('readCommandLine');

commandLine('reads arguments, values and switches in any order', () => {
  const expected = { args: ['a.csv'], flags: { map: 'cfpb', quiet: true } };
  assert.equal(readCommandLine(example, ['a.csv', '--map', 'cfpb', '--quiet']), expected);
  assert.equal(readCommandLine(example, ['--quiet', '--map=cfpb', 'a.csv']), expected);
  assert.equal(readCommandLine(example, ['--', '--odd.csv']), { args: ['--odd.csv'], flags: {} });
});

const problems: [string[], string, string][] = [
  [['a.csv', '--mapp', 'x'], '--mapp', 'unknown flag (did you mean "--map"?)'],
  [['a.csv', '-m'], '-m', 'unknown flag'],
  [['a.csv', '--map'], '--map', 'needs a value: --map NAME|PATH'],
  [['a.csv', '--map', '--quiet'], '--map', 'needs a value: --map NAME|PATH'],
  [['a.csv', '--map='], '--map', 'needs a value: --map NAME|PATH'],
  [['a.csv', '--quiet=yes'], '--quiet', 'takes no value, and "yes" was given'],
  [['a.csv', '--quiet', '--quiet'], '--quiet', 'is given twice'],
  [['a.csv', '--format', 'cvs'], '--format', '"cvs" is not one of json, csv (did you mean "csv"?)'],
  [[], '', 'something is missing: expected FILE'],
  [['a.csv', 'b.csv'], '', '"b.csv" is one argument too many'],
  [['a.csv', '--toString'], '--toString', 'unknown flag'],
];
for (const [argv, field, message] of problems) {
  commandLine(`answers "${argv.join(' ')}" with: ${message}`, () => {
    try {
      readCommandLine(example, argv);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, BadInput);
      assert.ok(
        (error as BadInput).problems.some((p) => p.field === field && p.message === message),
        (error as BadInput).message,
      );
    }
  });
}

commandLine('prints its usage in one line', () => {
  assert.is(usage(example), 'npx silverlining import FILE [--map NAME|PATH] [--format json|csv] [--quiet]');
});

commandLine.run();
