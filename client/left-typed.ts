/** By form: what was typed and not saved, for as long as the page is not loaded anew. Whoever closes a form by mistake finds it again. */
const left = new Map<string, Readonly<Record<string, string>>>();

/** What was left in a form by its fields; nothing where it was saved or never typed into. */
export function leftTyped(form: string): Readonly<Record<string, string>> {
  return left.get(form) ?? {};
}

/** Keeps what a form holds, or forgets it where that is what the form began with or it was saved. */
export function keepTyped(form: string, typed: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): void {
  if (Object.entries(typed).some(([name, value]) => value !== (before[name] ?? ''))) left.set(form, { ...typed });
  else left.delete(form);
}
