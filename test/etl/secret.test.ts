import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { BadInput, SourceFailed } from '../../etl/errors.ts';
import { redactError, redactor, resolveSecrets, secret, secretName } from '../../etl/secret.ts';

const secrets = suite('secrets');
const options = {
  url: 'https://desk.example.org',
  auth: { basic: { user: 'sil', password: '${DESK_PASSWORD}' } },
  keys: ['plain', '${DESK_KEY}'],
  size: 3,
};
const env = { DESK_PASSWORD: 'pa ss/"wörd', DESK_KEY: 'k-1234' };

secrets('are exactly ${NAME}', () => {
  const schema = z.strictObject({ token: secret(), other: secret().optional() });
  assert.equal(schema.parse({ token: '${DESK_TOKEN}' }), { token: '${DESK_TOKEN}' });
  for (const token of ['hunter2', '${A', '${A}b', '${A-B}', '${}', '$A', '', 7, ['${A}']]) {
    const { error } = schema.safeParse({ token });
    assert.is(
      error?.issues[0]?.message,
      'is a secret: write ${NAME} here and put the value into the environment variable NAME',
      String(token),
    );
  }
});

secrets('tell their name', () => {
  assert.is(secretName('${DESK_TOKEN}'), 'DESK_TOKEN');
  assert.is(secretName('DESK_TOKEN'), null);
});

secrets('get their values wherever they stand, and leave the options they came from as they are', () => {
  const before = structuredClone(options);
  assert.equal(resolveSecrets(options, env), {
    url: 'https://desk.example.org',
    auth: { basic: { user: 'sil', password: 'pa ss/"wörd' } },
    keys: ['plain', 'k-1234'],
    size: 3,
  });
  assert.equal(options, before);
});

secrets('that are not set are all named, by option and variable', () => {
  try {
    resolveSecrets(options, { DESK_KEY: '' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    assert.equal(
      (error as BadInput).problems.map((p) => p.field),
      ['auth.basic.password', 'keys[1]'],
    );
    assert.match((error as BadInput).message, 'the environment variable DESK_PASSWORD is not set');
  }
});

secrets('are taken out of texts in every form they are sent in', () => {
  const redact = redactor(options, env);
  assert.is(redact('key k-1234 of sil'), 'key ${DESK_KEY} of sil');
  for (const form of ['pa ss/"wörd', 'pa%20ss%2F%22w%C3%B6rd', 'pa+ss%2F%22w%C3%B6rd', 'pa%20ss/%22w%C3%B6rd', 'pa ss/\\"wörd']) {
    assert.is(redact(`at ${form}.`), 'at ${DESK_PASSWORD}.', form);
  }
  // printf 'sil:pa ss/"wörd' | base64
  assert.is(redact('Basic c2lsOnBhIHNzLyJ3w7ZyZA=='), 'Basic ${DESK_PASSWORD}');
  assert.is(redactor({ a: 'b' }, env)('nothing to hide: k-1234'), 'nothing to hide: k-1234');
});

secrets('are taken out where only the password of an address is named', () => {
  const redact = redactor({ database: '${DB}' }, { DB: 'postgres://desk:p%40ss-9@db.example.org:5432/desk' });
  assert.is(redact('p@ss-9 or p%40ss-9 is wrong for desk'), '${DB} or ${DB} is wrong for desk');
  assert.is(redactor({ database: '${DB}' }, { DB: 'postgres://db.example.org/desk' })('desk'), 'desk');
  assert.is(redactor({ database: '${DB}' }, { DB: 'postgres://a:%zz@b/c' })('%zz'), '${DB}');
});

secrets('are taken out whole where one is part of another', () => {
  const redact = redactor({ a: '${A}', b: '${B}' }, { A: 'abc', B: 'abcdef' });
  assert.is(redact('abcdef abc'), '${B} ${A}');
});

secrets('are taken out of errors of every kind, with their stack and causes', () => {
  const redact = redactor(options, env);
  const cause = Object.assign(new Error('connect k-1234'), { code: 'ECONNREFUSED' });
  const failed = redactError(new SourceFailed('desk', 'no answer to k-1234', { retriable: true, cause }), redact);
  assert.instance(failed, SourceFailed);
  assert.is((failed as SourceFailed).retriable, true);
  assert.is((failed as SourceFailed).source, 'desk');
  assert.is(failed.message, 'no answer to ${DESK_KEY}');
  assert.is((failed.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  for (const error of [failed, failed.cause as Error]) assert.not.match(`${error.message} ${error.stack}`, 'k-1234');
  const bad = redactError(new BadInput([{ field: 'k-1234', message: 'k-1234 is wrong' }]), redact);
  assert.equal((bad as BadInput).problems, [{ field: '${DESK_KEY}', message: '${DESK_KEY} is wrong' }]);
  assert.not.match(redactError(new TypeError('k-1234'), redact).stack ?? '', 'k-1234');
  assert.is(redactError('k-1234', redact).message, 'something that is no error was thrown');
});

secrets.run();
