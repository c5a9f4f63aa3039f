// Kills the process of many runs at random moments and prints what became of them: npm run soak [-- KILLS]
import { isDeepStrictEqual } from 'node:util';
import { recoveryKinds, type RecoveryKind } from './recovery-data.ts';
import { killOnce, prepareRecovery } from './recovery.ts';

const kills = Number(process.argv[2] ?? 50);

async function soak(kind: RecoveryKind): Promise<boolean> {
  const recovery = await prepareRecovery(kind);
  const count = { kills: 0, within: 0, over: 0, differing: 0, damaged: 0 };
  try {
    while (count.kills < kills && count.over < 10 + kills) {
      // Every other one where the source has been loaded in part.
      const killed = await killOnce(recovery, count.kills % 2 ? 'anywhere' : 'after a batch');
      if (!killed) {
        count.over += 1;
        continue;
      }
      count.kills += 1;
      if (killed.readBefore > 0) count.within += 1;
      const differing = Object.keys(recovery.expected).filter((part) => !isDeepStrictEqual(recovery.expected[part], killed.picture[part]));
      if (differing.length) {
        count.differing += 1;
        console.log(`${kind}: after ${killed.readBefore} rows these differ: ${differing.join(', ')}`);
      }
      if (killed.integrity !== 'ok' || killed.running + killed.locked > 0) count.damaged += 1;
    }
  } finally {
    recovery.close();
  }
  const { within, over, differing, damaged } = count;
  const { firstBatch, whole } = recovery.duration;
  console.log(
    `${kind}: an undisturbed run of ${recovery.rows} rows takes ${Math.round(whole)} ms, its first batch ${Math.round(firstBatch)} ms; ${count.kills} kills (${within} after a first batch; ${over} runs were over before), ${differing} stores differ from an undisturbed run's, ${damaged} damaged or left locked`,
  );
  return differing + damaged === 0 && count.kills === kills;
}

let isSound = true;
for (const kind of recoveryKinds) isSound = (await soak(kind)) && isSound;
process.exitCode = isSound ? 0 : 1;
