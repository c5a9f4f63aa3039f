import { RunInProgress } from '../etl/store/lock.ts';

/** Lets pushes to one source wait for each other for a little, so that a burst of single records is not refused. */
export interface PushQueue {
  /** @throws RunInProgress when too many wait already */
  enter<T>(source: string, work: () => Promise<T>): Promise<T>;
}

/** @param most pushes to one source that may wait at once */
export function createPushQueue(most = 20): PushQueue {
  const queues = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return {
    async enter(source, work) {
      const queue = queues.get(source) ?? { last: Promise.resolve(), waiting: 0 };
      if (queue.waiting >= most) throw new RunInProgress(source);
      queue.waiting += 1;
      queues.set(source, queue);
      const turn = queue.last.then(work);
      queue.last = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        queue.waiting -= 1;
        if (queue.waiting === 0) queues.delete(source);
      }
    },
  };
}
