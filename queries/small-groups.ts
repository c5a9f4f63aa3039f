/** A group of fewer could be somebody (DOMAIN §6). */
export const fewestOfGroup = 5;

/** Whether a count tells of a group that is too small to be told; none at all is nobody. */
export function isTooFew(count: unknown): boolean {
  return typeof count === 'number' && count > 0 && count < fewestOfGroup;
}

/** Groups that are told by name, and those that are put together. */
export interface SplitGroups<T> {
  named: T[];
  rest: T[];
}

/**
 * Puts groups of fewer than five together, and the next smallest with them until what is put together is no small group either, nor a single one: else
 * a total told elsewhere would give it away (complementary suppression).
 * @param groups largest first
 * @param options `left`: the size of what is put together anyway; `mayName`: whether a group that is large enough may be told by name
 */
export function splitSmall<T>(
  groups: readonly T[],
  size: (group: T) => number,
  { left = 0, mayName = () => true }: { left?: number; mayName?: (group: T) => boolean } = {},
): SplitGroups<T> {
  const isNamed = (group: T) => !isTooFew(size(group)) && mayName(group);
  const named = groups.filter(isNamed);
  const rest = groups.filter((group) => !isNamed(group));
  const total = () => rest.reduce((sum, group) => sum + size(group), left);
  const isHidden = () => rest.some((group) => isTooFew(size(group)));
  while (named.length && (isTooFew(total()) || (isHidden() && rest.length === 1 && left === 0))) rest.push(named.pop() as T); // there is one
  return { named, rest };
}
