/**
 * An address with some of its parts changed, in their order.
 * @param search the search part it begins from, with or without "?"
 * @param change by name; null or an empty text takes the part away
 */
export function addressWith(path: string, search: string, change: Record<string, string | null>): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}
