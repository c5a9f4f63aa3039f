import { writeWatermark, fill } from './template.ts';
import type { Answer } from './answer.ts';
import { allHold } from './check.ts';
import type { HttpOptions } from './options.ts';
import type { LargestTime } from './source-time.ts';

/** What is worth telling the readers of a source: what it says of itself, and what was odd about this read. */
export interface Notes {
  /** What the source says of itself in its latest answer. */
  take: (answer: Answer) => void;
  add: (sentence: string) => void;
  text: (largest: LargestTime) => string | undefined;
}

export function createNotes(options: HttpOptions, redact: (text: string) => string): Notes {
  let said: string[] = [];
  const own = new Set<string>();
  return {
    take({ value }) {
      said = options.notice.flatMap(({ when, say }) => {
        const sentence = allHold(when, value, { answer: value }) ? fill(say, { answer: value }) : null;
        return sentence === null ? [] : [redact(sentence).slice(0, 500)];
      });
    },
    add: (sentence) => void own.add(sentence),
    text(largest) {
      const ahead = largest.ahead();
      const sentences = [...said, ...own];
      if (ahead)
        sentences.push(
          `${ahead.count.toLocaleString('en')} ${ahead.count === 1 ? 'row has a time' : 'rows have times'} ahead of our clock (up to ${writeWatermark(ahead.largest, 'iso', 'UTC')}); they are loaded, but the next run does not go on from there: check the clock of the source, and ours`,
        );
      return sentences.length ? sentences.join('; ') : undefined;
    },
  };
}
