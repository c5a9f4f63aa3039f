import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const held = new Set<string>();

/**
 * A name for something this process has in hand, to stand in the store while it has: machine, process and a number of its own.
 * It counts as alive until it is forgotten, or its process is gone.
 */
export function newOwner(): string {
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`;
  held.add(owner);
  return owner;
}

/** Whatever stands in the store: this process has it in hand no longer. */
export function forgetOwner(owner: string): void {
  held.delete(owner);
}

/** On this machine a dead process holds nothing; of another machine's processes only an expiry tells, and they count as alive. */
export function isAlive(owner: string): boolean {
  const [host, pid] = owner.split(' ');
  if (host !== hostname()) return true;
  if (Number(pid) === process.pid) return held.has(owner);
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
