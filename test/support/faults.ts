// Each of these runs in a page and says what is wrong with it as it stands. None may refer to anything outside itself, nor name a
// function inside itself, which the compiler marks with a helper of its own.

/** Texts under 13 px, and texts cut off whose whole is nowhere to be read. */
export function faultsOfTexts(): string[] {
  const faults: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const box = element.getBoundingClientRect();
    if (!own || box.width < 2 || box.height < 2 || !element.checkVisibility() || ['TITLE', 'STYLE', 'OPTION'].includes(element.tagName))
      continue;
    const said = (element.textContent ?? '').trim().slice(0, 40);
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    if (size < 13) faults.push(`text of ${size} px: ${said}`);
    const svg = element.closest('svg');
    const whole = element.closest('[title]') ?? element.closest('text')?.querySelector('title');
    const isHidden = ['hidden', 'clip'].includes(style.overflowX) && !element.matches('.visually-hidden');
    const isCut = svg ? said.includes('…') : isHidden && element.scrollWidth > element.clientWidth + 1;
    if (isCut && !whole) faults.push(`cut off: ${said}`);
    const room = svg?.getBoundingClientRect();
    const isShown = element.getAttribute('opacity') !== '0';
    if (
      room &&
      isShown &&
      (box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1 || box.bottom > room.bottom + 1)
    )
      faults.push(`cut off at the edge of its picture: ${said}`);
  }
  return faults;
}

/** Axes of values and of time with fewer than 3 or more than 12 labels; names are no axis of values, and two periods have two names. */
export function faultsOfAxes(): string[] {
  const faults: string[] = [];
  for (const figure of document.querySelectorAll('[data-report]')) {
    for (const axis of figure.querySelectorAll('.role-axis-label')) {
      const all = [...axis.querySelectorAll('text')];
      const labels = all.filter((label) => label.getAttribute('opacity') !== '0' && label.textContent);
      // Vega's SVG renderer keeps on each text what it is of.
      const isNames = all.some(
        (label) => typeof (label as Element & { __data__?: { datum?: { value?: unknown } } }).__data__?.datum?.value === 'string',
      );
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

/** Pictures taller than the window. */
export function faultsOfHeights(): string[] {
  return [...document.querySelectorAll('[data-report] svg')].flatMap((svg) => {
    const { height } = svg.getBoundingClientRect();
    const name = svg.closest('[data-report]')?.getAttribute('data-report');
    return height > innerHeight ? [`a picture of ${Math.round(height)} px in a window of ${innerHeight}: ${name}`] : [];
  });
}

/** Words no person should read, and those of statisticians where no method is explained. */
export function faultsOfWords(): string[] {
  // What is quoted as it came, and the form a value should have, are not our words; methods are explained in a fold.
  const [text = '', plain = ''] = ['[data-verbatim]', '[data-verbatim], details'].map((left) =>
    [...document.querySelectorAll<HTMLElement>(left)].reduce(
      (all, { innerText }) => (innerText ? all.replace(innerText, '') : all),
      document.body.innerText,
    ),
  );
  const unspeakable = text.match(/\b(NaN|null|undefined|Invalid Date)\b|\d{4}-\d\d-\d\dT\d\d|\b[a-z]+_[a-z_]+\b/g) ?? [];
  const learned =
    plain.match(
      /\b(wilson|censor(ed|ing)|(per|quan)tiles?|kaplan|meier|bayes(ian)?|poisson|binomial|sigma|p-values?|confidence intervals?|standard deviations?|benjamini|hochberg|overdispers\w+|false discovery)\b|p′/gi,
    ) ?? [];
  return [...unspeakable.map((word) => `shows "${word}"`), ...learned.map((word) => `speaks of "${word}"`)];
}

/** What can be reached and is smaller than 44 px either way; links inside running text are as large as the text. */
export function smallTargets(): string[] {
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

/** On a wide window: content that is stretched, or does not stand in the middle. */
export function faultsOfMiddle(): string[] {
  const main = document.querySelector('main')?.getBoundingClientRect();
  const all = document.querySelector('.shell') ?? document.querySelector('main');
  if (!main || !all) return ['there is no main part'];
  const boxes = [...all.children].map((child) => child.getBoundingClientRect()).filter(({ width }) => width > 0);
  const [left, right] = [Math.min(...boxes.map((b) => b.left)), Math.max(...boxes.map((b) => b.right))];
  const off = Math.abs(left - (document.documentElement.clientWidth - right));
  return [
    ...(main.width > 1280 ? [`content of ${Math.round(main.width)} px`] : []),
    ...(off > 2 ? [`content ${Math.round(off)} px off the middle`] : []),
  ];
}

/** On the overview: trends of which no line can be read without scrolling. */
export function faultsOfFirstLines(): string[] {
  return [...document.querySelectorAll('[data-report]')].slice(0, 3).flatMap((figure) => {
    const sentence = figure.querySelector<HTMLElement>('.sentence');
    const line = sentence?.innerText ? sentence : figure.querySelector('.title');
    const { top = Infinity } = line?.getBoundingClientRect() ?? {};
    // The height of a line of text.
    return top + 22 <= innerHeight ? [] : [`${figure.getAttribute('data-report')} begins below the first screen`];
  });
}
