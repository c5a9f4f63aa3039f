// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recoveryKinds } from '../support/recovery-data.ts';
import { killOnce, prepareRecovery } from '../support/recovery.ts';

const killing = suite('a killed run');
const kills = 5;
const atOnce = 2;
const names = {
  plain: 'an import',
  folding: 'an import that folds rows',
  pull: 'a pull that goes on where it ended',
};

for (const kind of recoveryKinds) {
  killing(`and the next one leave what an undisturbed run does: ${names[kind]}, ${kills} kills`, async () => {
    const recovery = await prepareRecovery(kind);
    try {
      let done = 0;
      while (done < kills) {
        const tries = Math.min(atOnce, kills - done);
        for (const killed of await Promise.all(Array.from({ length: tries }, () => killOnce(recovery)))) {
          // It was over before the signal came.
          if (!killed) continue;
          done += 1;
          assert.equal(killed.picture, recovery.expected);
          assert.equal([killed.integrity, killed.running, killed.locked], ['ok', 0, 0]);
          // A pull reads on from its last batch, a file is read again.
          if (kind === 'pull') assert.ok(killed.readBefore + killed.report.read <= 2000, `${killed.readBefore} + ${killed.report.read}`);
          else assert.is(killed.report.read, 2000);
        }
      }
    } finally {
      recovery.close();
    }
  });
}

killing.run();
