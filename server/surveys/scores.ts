/** The scores of the question in the order of their scale, as customers read them. */
export const surveyScores = [
  { score: 1, words: 'Very dissatisfied' },
  { score: 2, words: 'Dissatisfied' },
  { score: 3, words: 'Neither satisfied nor dissatisfied' },
  { score: 4, words: 'Satisfied' },
  { score: 5, words: 'Very satisfied' },
] as const;

/** The same of how easy it was. */
export const easeScores = [
  { score: 1, words: 'Very hard' },
  { score: 2, words: 'Hard' },
  { score: 3, words: 'Neither easy nor hard' },
  { score: 4, words: 'Easy' },
  { score: 5, words: 'Very easy' },
] as const;
