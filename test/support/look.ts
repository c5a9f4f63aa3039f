import type { Browser, Page } from 'playwright-core';
import { screens } from '../../server/routes/pages.ts';
import { faultsOfFirstLines, faultsOfMiddle } from './faults.ts';
import { faultsOf, openPage } from './pages.ts';
import { openWorld, publicWorlds, worldNames, type World, type WorldName } from './worlds.ts';

const themes = ['light', 'dark'] as const;
const widths = [1440, 360, 2560] as const;
export interface Look {
  width: (typeof widths)[number];
  theme: (typeof themes)[number];
}
/** All ways a screen is looked at. */
const looks: Look[] = themes.flatMap((theme) => widths.map((width) => ({ width, theme })));

/** One page that is to be without faults: a screen over a data set, looked at in one way. */
export interface Sight extends Look {
  world: WorldName;
  screen: string;
}

/** Every screen over every data set in every way. */
export const allSights: Sight[] = worldNames.flatMap((world) =>
  screens.flatMap((screen) => looks.map((look) => ({ world, screen, ...look }))),
);
/** Screens on which a data set shows what it is made of; the others are seen over the data that is made up. */
const ofFigures = ['/', '/issues', '/issues/:issue', '/resolution', '/satisfaction', '/coaching', '/cases'];
/** Public files differ from the others by what their figures can tell; on how a case is handled forty issues have no bearing. */
const isSeen = (world: WorldName, screen: string): boolean =>
  ofFigures.includes(screen) || !(world === 'forty' || publicWorlds.includes(world));
/** Every screen over every data set once, the ways taking turns. */
export const someSights: Sight[] = worldNames.flatMap((world, w) =>
  screens
    .map((screen, s) => ({ world, screen, ...(looks[(w + s) % looks.length] ?? looks[0]) }) as Sight)
    .filter(({ screen }) => isSeen(world, screen)),
);

/** What was looked at, and what is wrong. */
export interface LookReport {
  pages: number;
  /** Data sets that are not on this machine. */
  absent: WorldName[];
  /** A line a fault: where, and what. */
  faults: string[];
  /** Milliseconds from asking for the first screen of the demo until its first figure stood there. */
  firstFigure: number | null;
}

/**
 * Looks at pages and lists their faults; their figures once as pictures and, where there are any, once as tables.
 * @param size how much of each data set is loaded, see {@link openWorld}
 * @param say told of each fault as it is found
 */
export async function lookAt(
  browser: Browser,
  sights: readonly Sight[],
  { size, say = () => undefined }: { size?: number; say?: (line: string) => void } = {},
): Promise<LookReport> {
  const report: LookReport = { pages: 0, absent: [], faults: [], firstFigure: null };
  for (const name of new Set(sights.map(({ world }) => world))) {
    const world = await openWorld(name, size);
    if (!world) {
      report.absent.push(name);
      continue;
    }
    if (name === 'demo') report.firstFigure = await timeFirstFigure(browser, world);
    const here = sights.filter((s) => s.world === name);
    for (const width of new Set(here.map((sight) => sight.width))) {
      const found = await faultsAtWidth(
        browser,
        world,
        here.filter((sight) => sight.width === width),
      );
      for (const line of found) say(line);
      report.faults.push(...found);
    }
    report.pages += here.length;
    await world.close();
  }
  return report;
}

/** Looks at the screens of one data set at one width, one after the other in one window. */
async function faultsAtWidth(browser: Browser, world: World, sights: readonly Sight[]): Promise<string[]> {
  const [first] = sights;
  if (!first) return [];
  const page = await openPage(browser, world.server, first);
  let complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(`stops at “${error.message}”`));
  page.on('console', (message) => {
    // A case that is not there is answered with 404, which the browser notes.
    if (['error', 'warning'].includes(message.type()) && !/^Failed to load resource: .*\b404\b/.test(message.text()))
      complaints.push(`complains: ${message.text().split('\n')[0] ?? ''}`);
  });
  await watchShifts(page);
  await watchPolicy(page);
  const lines: string[] = [];
  for (const screen of new Set(sights.map((sight) => sight.screen))) {
    complaints = [];
    const these = sights.filter((sight) => sight.screen === screen);
    await faultsOfScreen(page, world, these, complaints).catch((error: unknown) =>
      complaints.push(`could not be looked at: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`),
    );
    lines.push(...new Set(complaints.map((fault) => `${world.name} ${screen} ${first.width} px: ${fault}`)));
  }
  await page.context().close();
  return lines;
}

/** Looks at a screen in some themes as pictures, then as tables, and last while its filters change. */
async function faultsOfScreen(page: Page, world: World, sights: readonly Sight[], faults: string[]): Promise<void> {
  const [first] = sights;
  if (!first) return;
  const { screen, width } = first;
  await page.emulateMedia({ colorScheme: first.theme });
  const place = screen.replace(':id', String(world.caseId ?? 1)).replace(':issue', encodeURIComponent(world.issue ?? '(none)'));
  await page.goto(world.server.url + place);
  for (const { theme } of sights) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    faults.push(...(await faultsOf(page)).map((fault) => `${theme}: ${fault}`));
  }
  if (width === 2560) faults.push(...(await page.evaluate(faultsOfMiddle)));
  if (width === 1440 && screen === '/') faults.push(...(await page.evaluate(faultsOfFirstLines)));
  if (width !== 2560 && (await showTables(page))) faults.push(...(await faultsOf(page)).map((fault) => `as tables: ${fault}`));
  faults.push(...(await faultsOfChange(page)));
  await page.evaluate(() => localStorage.clear());
}

/** Waits until a page shows what it will show. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('main :is(h1, h2, .empty)') !== null &&
      document.querySelector('[aria-busy=true], .stale, .skeleton') === null &&
      [...document.querySelectorAll('[data-report] .reach')].every((chart) => chart.querySelector('[data-drawn] svg')),
    undefined,
    { timeout: 60_000 },
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** Turns every figure into its table; false where there is none to turn. */
async function showTables(page: Page): Promise<boolean> {
  const turned = await page.locator('[data-report] button[aria-pressed]:enabled').evaluateAll((buttons) => {
    for (const button of buttons) (button as HTMLButtonElement).click();
    return buttons.length;
  });
  await settled(page);
  return turned > 0;
}

/** Has a page complain on its console of whatever the content security policy keeps from it. */
export async function watchPolicy(page: Page): Promise<void> {
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
      console.error(`breaks the policy ${effectiveDirective}: ${blockedURI} at ${sourceFile}:${lineNumber}`),
    );
  });
}

async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept = window as unknown as { shift: number };
    kept.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) kept.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Takes the filter off a screen that opens with one, and says how far that moved what is on it. */
async function faultsOfChange(page: Page): Promise<string[]> {
  const pill = page.getByRole('button', { name: 'Remove filter Kind: complaint' });
  if ((await pill.count()) === 0) return [];
  await page.evaluate(() => void ((window as unknown as { shift: number }).shift = 0));
  await pill.click();
  await page.waitForURL(/kind=any/);
  await settled(page);
  const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
  return shift < 0.02 ? [] : [`a change of filters moves the layout by ${shift.toFixed(3)}`];
}

async function timeFirstFigure(browser: Browser, { server }: World): Promise<number> {
  const page = await openPage(browser, server);
  const begun = performance.now();
  await page.goto(server.url);
  await page.locator('.tile .value', { hasText: /\d/ }).first().waitFor();
  const taken = performance.now() - begun;
  await page.context().close();
  return taken;
}
