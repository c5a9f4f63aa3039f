// time limit: 600 s
// one run: what is found in many drawn histories, wherever their figures are from
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coachSeed } from '../../support/coaching-seed.ts';

const seeds = suite('coaching on demo companies');

// Forty unseen ones are asked by npm run soak:coaching; smaller companies would be named less often.
for (const seed of [2, 6, 9]) {
  seeds(`names what is planted in company ${seed} and no agent for the cases they take`, async () => {
    const { isTeamNamed, decoys, otherThemes, teamRates, agentRates } = await coachSeed(seed);
    assert.ok(isTeamNamed);
    assert.equal(
      decoys.map((decoy) => decoy.named),
      [[], []],
    );
    assert.equal([...otherThemes, ...teamRates, ...agentRates], []);
  });
}

seeds.run();
