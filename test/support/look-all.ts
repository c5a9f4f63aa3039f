// Looks at every screen over every data set at every width in both themes and prints what is wrong: npm run look [-- DATA-SET|SCREEN|WIDTH|THEME]…
import { allSights, lookAt } from './look.ts';
import { launchBrowser } from './pages.ts';

const words = process.argv.slice(2);
const values = allSights.map(({ world, screen, width, theme }) => [world, screen, String(width), theme]);
const unknown = words.filter((word) => !values.some((parts) => parts.includes(word)));
if (unknown.length) {
  console.error(`nothing to look at is called ${unknown.join(', ')}; there are ${[...new Set(values.flat())].join(', ')}`);
  process.exit(2);
}
// Words of one kind are alternatives, of different kinds conditions: "one none 360" is two data sets on a phone.
const sights = allSights.filter((_, i) =>
  [0, 1, 2, 3].every((part) => {
    const asked = words.filter((word) => values.some((parts) => parts[part] === word));
    return asked.length === 0 || asked.includes(values[i]?.[part] ?? '');
  }),
);

const browser = await launchBrowser();
const begun = performance.now();
const { pages, faults, absent, firstFigure } = await lookAt(browser, sights, { say: (line) => console.log(line) });
await browser.close();
if (absent.length) console.log(`not looked at: ${absent.join(', ')}, which ../shared/data does not hold`);
if (firstFigure !== null) console.log(`first figure of the demo after ${Math.round(firstFigure)} ms`);
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(`${pages} pages looked at in ${seconds} s, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
