import { Refused } from '../errors.ts';

const most = 10;
const seconds = 15 * 60;

/** Holds up who guesses the password of one user from many addresses. */
export interface WrongTries {
  /** @throws Refused 429 after ten wrong tries within a quarter of an hour */
  check(name: string): void;
  note(name: string): void;
}

/** Counts in memory, for as long as the process runs. @param now seconds since 1970 UTC */
export function createWrongTries(now: () => number): WrongTries {
  const tries = new Map<string, number[]>();
  const recent = (name: string) => (tries.get(name) ?? []).filter((at) => at > now() - seconds);
  return {
    check(name) {
      if (recent(name.toLowerCase()).length >= most)
        throw new Refused(429, 'too many wrong passwords for this user; wait a quarter of an hour, or sign in with a link');
    },
    note(name) {
      for (const known of tries.keys()) if (recent(known).length === 0) tries.delete(known);
      tries.set(name.toLowerCase(), [...recent(name.toLowerCase()), now()]);
    },
  };
}
