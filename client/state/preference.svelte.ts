/**
 * A yes-or-no choice of this reader, remembered in this browser.
 * @param name unique name of the choice
 */
function rememberedFlag(name: string): { value: boolean } {
  const key = `silverlining.${name}`;
  let value = $state(kept(key) === 'yes');
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
      keep(key, next ? 'yes' : 'no');
    },
  };
}

const tables: Record<string, { value: boolean }> = {};

/** Whether a figure is shown as a table; shared by every component that asks for the same figure. */
export function showsTable(report: string): { value: boolean } {
  return (tables[report] ??= rememberedFlag(`table.${report}`));
}

// A browser that forbids storage throws at its mere mention; a choice then lasts as long as the page.
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return;
  }
}
