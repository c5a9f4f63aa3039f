/** Runs work one after the other; whoever asks waits for those before. */
export type OneByOne = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a queue of its own. What fails is told to whoever asked, and holds up nobody. */
export function createOneByOne(): OneByOne {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined); // whoever asked is told
    return next;
  };
}
