// The first that is found counts: browsers call themselves by the names of others, too.
const browsers = [['Edg', 'Edge'], ['OPR', 'Opera'], ['Firefox', 'Firefox'], ['Chrome', 'Chrome'], ['Safari', 'Safari']] as const; // prettier-ignore
const systems = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['Macintosh', 'Mac'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux']] as const; // prettier-ignore

/** A browser by what it says of itself in `User-Agent`, as people call it: "Firefox on Windows"; itself where it is none of the usual. */
export function browserWords(agent: string | null): string {
  if (!agent) return 'A browser that did not say which';
  const named = (list: readonly (readonly [string, string])[]) => list.find(([mark]) => agent.includes(mark))?.[1];
  const [browser, system] = [named(browsers), named(systems)];
  if (!browser) return agent;
  return system ? `${browser} on ${system}` : browser;
}
