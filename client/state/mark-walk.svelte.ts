import type { Mark } from '../marks.ts';

/** A reader's way through the marks of a picture by keyboard: along a series, from one to the next, to either end. */
export class MarkWalk {
  #marks: () => Mark[][];
  #isList: () => boolean;
  #place = $state.raw<{ series: number; step: number } | null>(null);
  #at = $derived.by(() => {
    const line = this.#place && this.#marks()[this.#place.series];
    return (this.#place && line?.[Math.min(this.#place.step, line.length - 1)]) ?? null;
  });

  /**
   * @param marks a list a series
   * @param isList whether one series stands from top to bottom, so that all four arrows go along it
   */
  constructor(marks: () => Mark[][], isList: () => boolean) {
    this.#marks = marks;
    this.#isList = isList;
  }

  /** The mark the reader is at; null before the first step. */
  get at(): Mark | null {
    return this.#at;
  }

  /** Goes away from the marks. */
  leave(): void {
    this.#place = null;
  }

  /**
   * Takes a step.
   * @param key as a keyboard event names it
   * @returns false where the key means nothing here
   */
  step(key: string): boolean {
    const marks = this.#marks();
    const now = this.#place ?? { series: 0, step: -1 };
    const last = (marks[now.series]?.length ?? 1) - 1;
    const isAlong = (end: 'Left' | 'Right') =>
      key === `Arrow${end}` || (this.#isList() && key === (end === 'Left' ? 'ArrowUp' : 'ArrowDown'));
    if (isAlong('Right')) this.#place = { ...now, step: Math.min(now.step + 1, last) };
    else if (isAlong('Left')) this.#place = { ...now, step: Math.max(now.step - 1, 0) };
    else if (key === 'ArrowUp' || key === 'ArrowDown') {
      const series = Math.min(Math.max(now.series + (key === 'ArrowDown' ? 1 : -1), 0), marks.length - 1);
      this.#place = { series, step: Math.max(now.step, 0) };
    } else if (key === 'Home') this.#place = { ...now, step: 0 };
    else if (key === 'End') this.#place = { ...now, step: last };
    else if (key === 'Escape' && this.#place) this.leave();
    else return false;
    return true;
  }
}
