import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgress } from '../../../server/commands/progress.ts';

const progress = suite('progress');

/** A stream that remembers, and a clock that is turned by hand. */
function stage(isTTY: boolean) {
  const state = { written: '', time: 0 };
  const stream = { isTTY, write: (text: string) => ((state.written += text), true) } as unknown as NodeJS.WriteStream;
  return { state, bar: createProgress(stream, () => state.time) };
}

progress('redraws one line on a terminal, ten times a second at most, and takes it away', () => {
  const { state, bar } = stage(true);
  bar.show('too early', 0.1);
  assert.is(state.written, '');
  state.time = 100;
  bar.show('5,000 rows', 0.5);
  assert.is(state.written, '\r\u001b[2K████████████░░░░░░░░░░░░  50 % 5,000 rows');
  bar.end();
  assert.ok(state.written.endsWith('\r\u001b[2K'));
});

progress('writes plain lines elsewhere, one in five seconds', () => {
  const { state, bar } = stage(false);
  for (const time of [1000, 4000, 5000, 6000, 10_000]) {
    state.time = time;
    bar.show(`at ${time}`, time === 10_000 ? null : 0.25);
  }
  bar.end();
  assert.is(state.written, '25 % at 5000\nat 10000\n');
});

progress('shows no more than the whole', () => {
  const { state, bar } = stage(true);
  state.time = 100;
  bar.show('x', 1.2);
  assert.match(state.written, '100 % x');
});

progress.run();
