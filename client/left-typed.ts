/** By form: what was typed and not saved, for as long as the page is not loaded anew. Whoever closes a form by mistake finds it again. */
const left = new Map<string, Readonly<Record<string, string>>>();

/** What was left in a form by its fields; nothing where it was saved or never typed into. */
export function leftTyped(form: string): Readonly<Record<string, string>> {
  return left.get(form) ?? {};
}

/**
 * Keeps what was typed into a form, or forgets it where that is nothing or it was saved. A field nobody touched is not kept: what it began with may be
 * changed by somebody else meanwhile, and must not come back.
 */
export function keepTyped(form: string, typed: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): void {
  const touched = Object.entries(typed).filter(([name, value]) => value !== (before[name] ?? ''));
  if (touched.length) left.set(form, Object.fromEntries(touched));
  else left.delete(form);
}
