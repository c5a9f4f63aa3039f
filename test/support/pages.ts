import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
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
 * too small for a finger on a phone, names cut off without a way to read them, and axes with too few or too many labels.
 * @returns nothing when all is well
 */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe.run(),
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const text = await page.evaluate(() => {
    // What is quoted as it came, and the form a value should have, are not our words.
    const verbatim = [...document.querySelectorAll<HTMLElement>('[data-verbatim]')].map((element) => element.innerText);
    return verbatim.reduce((all, part) => all.replace(part, ''), document.body.innerText);
  });
  const unspeakable = text.match(/\b(NaN|null|undefined|Invalid Date)\b|\d{4}-\d\d-\d\dT\d\d|\b[a-z]+_[a-z_]+\b/g) ?? [];
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
    ...(overflow > 0 ? [`scrolls sideways by ${overflow} px`] : []),
    ...unspeakable.map((word) => `shows "${word}"`),
    ...(await page.evaluate(faultsOfTexts)),
    ...(await page.evaluate(faultsOfAxes)),
    ...((page.viewportSize()?.width ?? 0) < 500 ? await page.evaluate(smallTargets) : []),
  ];
}

/** Runs in the page: texts under 13 px, and texts cut off whose whole is nowhere to be read. */
function faultsOfTexts(): string[] {
  const faults: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const box = element.getBoundingClientRect();
    if (!own || box.width < 2 || box.height < 2 || !element.checkVisibility() || ['TITLE', 'STYLE', 'OPTION'].includes(element.tagName))
      continue;
    const said = (element.textContent ?? '').trim().slice(0, 40);
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    if (size < 13 && element.tagName !== 'title') faults.push(`text of ${size} px: ${said}`);
    const isDrawn = element.closest('svg') !== null;
    const whole = element.closest('[title]') ?? element.closest('text')?.querySelector('title');
    const isCut = isDrawn
      ? said.includes('…')
      : style.overflow !== 'visible' && style.textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth + 1;
    if (isCut && !whole) faults.push(`cut off: ${said}`);
  }
  return faults;
}

/** Runs in the page: axes of values and of time with fewer than 3 or more than 12 labels; names of bars are no axis of values, and two periods have two names. */
function faultsOfAxes(): string[] {
  const faults: string[] = [];
  for (const figure of document.querySelectorAll('[data-report]')) {
    for (const axis of figure.querySelectorAll('.role-axis-label')) {
      const labels = [...axis.querySelectorAll('text')].filter((label) => label.getAttribute('opacity') !== '0');
      const isNames = figure.querySelector('.mark-rect.role-mark') !== null;
      const isOfTime = new Set(labels.map((label) => Math.round(label.getBoundingClientRect().top))).size === 1;
      const periods = new Set(
        [...figure.querySelectorAll('.mark-symbol > path')].map((mark) => Math.round(mark.getBoundingClientRect().left)),
      ).size;
      const fewest = isOfTime ? Math.min(3, periods) : 3;
      if (!isNames && (labels.length < fewest || labels.length > 12))
        faults.push(`${labels.length} labels on an axis of ${figure.getAttribute('data-report')}`);
    }
  }
  return faults;
}

/** Runs in the page: what can be reached and is smaller than 44 px either way; links inside running text are as large as the text. */
function smallTargets(): string[] {
  const faults: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, tr[tabindex]')) {
    const label = element.closest('label');
    const target = element.matches('[type=checkbox], [type=radio]') && label ? label : element;
    const box = target.getBoundingClientRect();
    const isOutside = box.width < 2 || !element.checkVisibility({ visibilityProperty: true });
    const sentence = element.parentElement;
    const isInText =
      getComputedStyle(element).display === 'inline' &&
      [...(sentence?.childNodes ?? [])].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (isOutside || isInText || (box.width >= 43.5 && box.height >= 43.5)) continue;
    const name = (element.textContent || element.getAttribute('aria-label') || element.getAttribute('name') || element.tagName).trim();
    faults.push(`a target of ${Math.round(box.width)} by ${Math.round(box.height)} px: ${name.slice(0, 40)}`);
  }
  return faults;
}
