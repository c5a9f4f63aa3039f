// Asks of many demo companies whether coaching names what is planted and nothing else: npm run soak:coaching [-- FIRST LAST]
import { coachSeed, type SeedOutcome } from './coaching-seed.ts';

const [first = 101, last = 140] = process.argv.slice(2).map(Number);

const outcomes: SeedOutcome[] = [];
for (let seed = first; seed <= last; seed++) {
  const outcome = await coachSeed(seed);
  outcomes.push(outcome);
  const { team, isTeamNamed, observed, expected, otherThemes, teamRates, agentRates, decoys } = outcome;
  const beside = [...otherThemes, ...teamRates, ...agentRates];
  console.log(
    `seed ${seed}: ${team} ${isTeamNamed ? 'named' : 'NOT named'} (${observed} against ${expected.toFixed(1)}); decoys ${decoys.map((d) => `${d.agent} ${d.named.join(', ') || 'not named'}`).join('; ')}; beside it ${beside.join('; ') || 'nothing'}`,
  );
}

const count = (of: (outcome: SeedOutcome) => boolean) => outcomes.filter(of).length;
const found = count((o) => o.isTeamNamed);
const decoys = [0, 1].map((i) => count((o) => (o.decoys[i]?.named.length ?? 0) > 0));
const wrong = outcomes.reduce((sum, o) => sum + o.otherThemes.length + o.teamRates.length + o.agentRates.length, 0);
console.log(
  `of ${outcomes.length} companies: the planted team is named in ${found}, the first decoy in ${decoys[0]}, the second in ${decoys[1]}; ${wrong} others are named in ${count((o) => o.otherThemes.length + o.teamRates.length + o.agentRates.length > 0)} of them`,
);
process.exitCode = found >= 0.9 * outcomes.length && decoys.every((n) => n <= 0.05 * outcomes.length) ? 0 : 1;
