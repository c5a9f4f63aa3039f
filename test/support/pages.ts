import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, errors, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { faultsOfAxes, faultsOfHeights, faultsOfTexts, faultsOfWords, smallTargets } from './faults.ts';
import type { TestServer } from './server.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of Chrome or Chromium: `CHROME_PATH`, else its usual places. */
export function chromePath(): string {
  const usual = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const found = [process.env.CHROME_PATH ?? '', ...usual].find((path) => path && existsSync(path));
  if (!found)
    throw new Error('browser tests need Chrome or Chromium: install Debian package "chromium", or name the program in CHROME_PATH');
  return found;
}

/** A browser as a process of its own over a profile folder, so that it can be killed and its profile opened again. */
export async function openProfile(folder: string): Promise<{ context: BrowserContext; kill(): Promise<void> }> {
  const child = spawn(chromePath(), [...flags, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the browser did not start');
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', end);
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
    child.once('close', () => reject(new Error(`the browser ended at once: ${said.slice(-400)}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  if (!context) throw new Error('the browser has no context');
  return {
    context,
    async kill() {
      end();
      await closed;
      process.off('exit', end);
    },
  };
}

/** A headless browser. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromePath(), args: flags });
}

/** Makes a context the administrator's of a server. */
export async function signInto(context: BrowserContext, server: TestServer): Promise<void> {
  const [name = '', value = ''] = server.cookie.split('=');
  await context.addCookies([{ name, value, url: server.url }]);
}

/** A page in a context of its own, signed in. */
export async function openPage(
  browser: Browser,
  server: TestServer,
  { width = 1440, theme = 'light' }: { width?: number; theme?: 'light' | 'dark' } = {},
): Promise<Page> {
  const isPhone = width < 500;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, hasTouch: isPhone, isMobile: isPhone });
  await signInto(context, server);
  return context.newPage();
}

/**
 * What is wrong with the page as it stands: accessibility violations, a horizontal scroll, words no person should read, text too small, targets
 * too small for a finger on a phone, names cut off without a way to read them, axes with too few or too many labels, pictures taller than the window.
 * @returns nothing when all is well
 */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const pale = await stillPale(page);
  await page.evaluate(untilArrived);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe.run(),
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [
    ...pale,
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
    ...(overflow > 0 ? [`scrolls sideways by ${overflow} px`] : []),
    ...(await page.evaluate(faultsOfWords)),
    ...(await page.evaluate(faultsOfTexts)),
    ...(await page.evaluate(faultsOfAxes)),
    ...(await page.evaluate(faultsOfHeights)),
    ...((page.viewportSize()?.width ?? 0) < 500 ? await page.evaluate(smallTargets) : []),
  ];
}

/** What is pale while newer figures are under way, and stays so after all the time a slow machine may need. */
async function stillPale(page: Page): Promise<string[]> {
  try {
    await page.waitForFunction(() => document.querySelector('.stale') === null, undefined, { timeout: 30_000 });
    return [];
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    return page.locator('.stale').evaluateAll((all) => all.map((one) => `stays pale: ${(one.textContent ?? '').trim().slice(0, 80)}`));
  }
}

/** What is still fading in has not got its colours yet: waits until no transition or animation that ends is running. */
async function untilArrived(): Promise<void> {
  for (;;) {
    const moving = document
      .getAnimations()
      .filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
    if (moving.length === 0) return;
    await Promise.allSettled(moving.map((one) => one.finished));
  }
}
