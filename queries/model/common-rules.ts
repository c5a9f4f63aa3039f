/** What holds for every figure, in words: beside the definitions of the measures, on the page and in docs/measures.md. */
export const commonRules: readonly { title: string; text: string }[] = [
  {
    title: 'The period, and T',
    text: 'The period says which cases: those whose date, the one the measure is counted by, lies in it. T says until when anything is known: for each source the time it was last complete, or the as-of that was asked for where that is earlier. After T nothing exists: a case received later is out, an end that came later counts as still open, a later answer as none. As-of cuts time, and does not undo corrections made since.',
  },
  {
    title: 'Cases are followed to T',
    text: 'What was received in a period is followed to T, not to the end of the period. So a figure of last month still moves while its cases are resolved, and the newest periods are the youngest, which is why open cases count with the time they have waited. A stock is read at the end of each period, or at T in the one that holds T.',
  },
  {
    title: 'Intervals',
    text: 'An interval of 95% says what chance alone allows for a figure resting on so few. Shares have Wilson’s, the net promoter score the adjusted Wald interval, means Student’s, events per case Garwood’s, and durations one read off the Kaplan–Meier curve on the log–log scale. Quotients are divided last, from sums, and each comes with the number it rests on.',
  },
  {
    title: 'Durations and their bins',
    text: 'Durations are whole minutes. For curves each is also kept as the lower edge of a bin: to the minute up to two days, to the hour up to 400 days, to the day beyond. A figure read off a curve is as fine as its bin. A case that has not ended counts with its whole hours.',
  },
  {
    title: 'Duplicates',
    text: 'A case that its source marks as the same matter as another counts in “Duplicates” and in nothing else. What is in scope otherwise is always a filter that can be seen: no measure leaves out a kind of case by itself, but for compliments.',
  },
  {
    title: 'Partial periods',
    text: 'A period is complete when the window covers it and every source is known to its end; else it is marked, drawn hollow, not judged, and compared with as many elapsed days. Measures that need time to tell, such as reopening within 30 days, are complete only when that time has passed.',
  },
  {
    title: 'Sources that cannot say',
    text: 'A source is in a measure only if it provides what the measure needs. The others are left out, and a note says which and why; where none can say, the figure is unknown, not nought.',
  },
];
