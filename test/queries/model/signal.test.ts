import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, signalOf, verdictOf } from '../../../queries/model/signal.ts';

const signal = suite('signal');

signal('judges a direction by what is better', () => {
  assert.is(judge('up', 'lower'), 'concern');
  assert.is(judge('up', 'higher'), 'improvement');
  assert.is(judge('up', 'neither'), 'high');
  assert.is(judge('down', 'lower'), 'improvement');
  assert.is(judge(null, 'lower'), 'common_cause');
});

signal('takes a swing of the season for no news', () => {
  assert.is(verdictOf('seasonal', 'lower'), 'common_cause');
  assert.is(verdictOf('run_below', 'higher'), 'concern');
  assert.is(verdictOf(null, 'higher'), 'common_cause');
});

signal('reads only the signals there are', () => {
  assert.is(signalOf('rising'), 'rising');
  assert.is(signalOf('toString'), null);
  assert.is(signalOf(null), null);
});

signal.run();
