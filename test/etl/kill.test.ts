// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recoveryKinds } from '../support/recovery-data.ts';
import { killOnce, pageRows, prepareRecovery, type Aim } from '../support/recovery.ts';

const killing = suite('a killed run');
const aims: readonly Aim[] = ['after a batch', 'anywhere', 'after a batch', 'anywhere', 'after a batch'];
const kills = aims.length;
const atOnce = 2;
// A run that was over before its signal came is tried again.
const mostTries = 30;
const names = {
  plain: 'an import',
  folding: 'an import that folds rows',
  pull: 'a pull that goes on where it ended',
};

for (const kind of recoveryKinds) {
  killing(`and the next one leave what an undisturbed run does: ${names[kind]}, ${kills} kills`, async () => {
    const recovery = await prepareRecovery(kind);
    try {
      const open = [...aims];
      let within = 0;
      for (let tries = 0; open.length > 0;) {
        const aimed = open.splice(0, atOnce);
        tries += aimed.length;
        assert.ok(tries <= mostTries, `${tries} runs and still ${open.length} kills to go`);
        const results = await Promise.all(aimed.map(async (aim) => ({ aim, killed: await killOnce(recovery, aim) })));
        for (const { aim, killed } of results) {
          if (!killed) {
            open.push(aim);
            continue;
          }
          if (killed.readBefore > 0) within += 1;
          assert.equal(killed.picture, recovery.expected);
          assert.equal([killed.integrity, killed.running, killed.locked], ['ok', 0, 0]);
          // A pull reads on behind the last page that was loaded whole, a file is read again.
          const again = killed.report.read - recovery.rows + (kind === 'pull' ? killed.readBefore : 0);
          assert.ok(again >= 0 && again < (kind === 'pull' ? pageRows : 1), `${again} rows were read twice`);
        }
      }
      assert.ok(within >= 3, `${within} of ${kills} kills came after a first batch`);
    } finally {
      recovery.close();
    }
  });
}

killing.run();
