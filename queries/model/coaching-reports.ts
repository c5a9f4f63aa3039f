import type { MeasureName } from './measures.ts';
import type { Report } from './reports.ts';

// Who has a case in the end is not who handed it on, so hand-overs say nothing of an agent.
const coached: Record<'team' | 'agent', MeasureName[]> = {
  team: ['on_time_rate', 'csat_rate', 'reopen_rate', 'handovers_per_case'],
  agent: ['on_time_rate', 'csat_rate', 'reopen_rate'],
};

/** A measure of members beside what their cases would give; the others are judged with it. */
function fairReport(by: 'team' | 'agent', measure: MeasureName, title: string, question: string): Report {
  return {
    name: `${by}_${measure}`,
    title,
    question,
    query: { measures: [measure, ...coached[by].filter((name) => name !== measure)], by: [by], order: by, compare: null, fair: true },
    chart: { type: 'funnel', measure, by },
    only: { kind: ['complaint'] },
  };
}

/** The screen of coaching, in the order of its figures: themes by team, then teams, then agents. */
export const coachingReports: Report[] = [
  {
    name: 'themes',
    title: 'Themes by team',
    question: 'What could be coached, and where?',
    query: { measures: ['coachable'], by: ['theme', 'team'], order: 'theme', compare: null, fair: true },
    chart: { type: 'funnel', measure: 'coachable', by: 'team' },
    only: { kind: ['complaint'] },
  },
  fairReport('team', 'on_time_rate', 'Teams: resolved on time', 'Do some teams keep deadlines better than others?'),
  fairReport('team', 'csat_rate', 'Teams: satisfaction', 'Do some teams leave customers more satisfied?'),
  fairReport('team', 'reopen_rate', 'Teams: reopened', 'Do cases come back to some teams more than to others?'),
  fairReport('team', 'handovers_per_case', 'Teams: hand-overs', 'Do cases of some teams change hands more often?'),
  fairReport('agent', 'on_time_rate', 'Agents: resolved on time', 'Do some agents keep deadlines better than others?'),
  fairReport('agent', 'csat_rate', 'Agents: satisfaction', 'Does it matter to customers which agent they have?'),
  fairReport('agent', 'reopen_rate', 'Agents: reopened', 'Do cases come back to some agents more than to others?'),
];
