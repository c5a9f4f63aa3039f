import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTurns, TooManyWaiting, type TurnLimits } from '../../queries/turns.ts';

const turns = suite('turns');

/** Turns whose every beginning is noted in `begun`; `end` ends that of the name. */
function noted(limits: TurnLimits) {
  const taken = createTurns(limits);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    enter: async (name: string, signal?: AbortSignal): Promise<void> => {
      const end = await taken.enter(name.charAt(0), signal);
      begun.push(name);
      ends.set(name, end);
    },
    end: async (name: string): Promise<void> => {
      ends.get(name)?.();
      await settled();
    },
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

turns('lets another owner in before those of one that asked first, and goes round', async () => {
  const { begun, enter, end } = noted({ width: 2, perOwner: 2 });
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) void enter(name);
  await settled();
  assert.equal(begun, ['a1', 'a2']);
  for (const name of ['a1', 'a2', 'a3', 'b1', 'c1']) await end(name);
  assert.equal(begun, ['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2']);
});

turns('keeps room for others while one owner has as many as it may', async () => {
  const { begun, enter, end } = noted({ width: 3, perOwner: 2 });
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1']) void enter(name);
  await settled();
  assert.equal(begun, ['a1', 'a2', 'b1']);
  await end('b1');
  assert.equal(begun, ['a1', 'a2', 'b1', 'c1']);
  await end('a2');
  assert.equal(begun, ['a1', 'a2', 'b1', 'c1', 'a3']);
});

turns('gives a place in the queue up with its signal, and serves those behind it', async () => {
  const { begun, enter, end } = noted({ width: 1, perOwner: 1, mostWaiting: 1 });
  const control = new AbortController();
  await enter('a1');
  const given = enter('a2', control.signal).catch((error: unknown) => error);
  control.abort();
  assert.is(await given, control.signal.reason);
  const next = enter('a3');
  await end('a1');
  await next;
  assert.equal(begun, ['a1', 'a3']);
  assert.is(await enter('a4', AbortSignal.abort()).catch((error: unknown) => (error as Error).name), 'AbortError');
});

turns('refuses an owner who has too many waiting, and nobody else', async () => {
  const { begun, enter, end } = noted({ width: 1, perOwner: 1, mostWaiting: 2 });
  for (const name of ['a1', 'a2', 'a3']) void enter(name);
  assert.instance(await enter('a4').catch((error: unknown) => error), TooManyWaiting);
  void enter('b1');
  for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name);
  assert.equal(begun, ['a1', 'a2', 'b1', 'a3']);
});

turns.run();
