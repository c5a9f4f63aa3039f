export type ThemeChoice = 'system' | 'light' | 'dark';
export const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const key = 'silverlining.theme';

/** Light or dark: the system's unless the reader chose, and then that choice is remembered in this browser. */
class Theme {
  #choice = $state<ThemeChoice>('system');
  #isSystemDark = $state(false);

  /** Reads the remembered choice and begins to follow the system; call once before the first paint. */
  start(): void {
    const kept = localStorage.getItem(key);
    this.#choice = themeChoices.find((c) => c === kept) ?? 'system';
    const system = matchMedia('(prefers-color-scheme: dark)');
    this.#isSystemDark = system.matches;
    system.addEventListener('change', (event) => (this.#isSystemDark = event.matches));
    this.#show();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** Sets and remembers the choice. */
  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    localStorage.setItem(key, choice);
    this.#show();
  }

  /** The theme on the screen now. */
  get shown(): 'light' | 'dark' {
    if (this.#choice !== 'system') return this.#choice;
    return this.#isSystemDark ? 'dark' : 'light';
  }

  #show(): void {
    document.documentElement.style.colorScheme = this.#choice === 'system' ? 'light dark' : this.#choice;
  }
}

export const theme = new Theme();
