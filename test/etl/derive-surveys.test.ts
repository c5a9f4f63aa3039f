import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSurveys } from '../../etl/derive-surveys.ts';
import type { Moment } from '../../etl/derive-times.ts';
import type { Flag, SurveyRecord } from '../../etl/record.ts';

const surveys = suite('readSurveys');

function read(survey: Partial<SurveyRecord>) {
  const flags: Flag[] = [];
  const seen: Moment[] = [];
  const given: SurveyRecord = { kind: 'nps', scale: '0-10', ...survey };
  const [found] = readSurveys({ source_id: '7', kind: 'complaint', received_at: '2024-02-03', surveys: [given] }, 'UTC', flags, seen);
  return {
    found: [found?.asked_on, found?.answered_on, found?.score, found?.is_satisfied],
    flags: flags.map((flag) => [flag.rule, flag.field, flag.message, flag.value]),
  };
}

surveys('an answer is a score with its time', () => {
  assert.equal(read({ asked_at: '2024-02-04', answered_at: '2024-02-05', score: 9 }), {
    found: ['2024-02-04', '2024-02-05', 9, 1],
    flags: [],
  });
  assert.equal(read({ asked_at: '2024-02-04' }), { found: ['2024-02-04', null, null, null], flags: [] });
});

surveys('a score without a time of answering is flagged', () => {
  assert.equal(read({ asked_at: '2024-02-04', score: 9 }), {
    found: ['2024-02-04', null, 9, 1],
    flags: [['malformed_value', 'surveys[0].score', 'has a score but no time of answering; it counts in no figure', '9']],
  });
});

surveys('a time of answering without a score is flagged, and the survey is not answered', () => {
  assert.equal(read({ asked_at: '2024-02-04', answered_at: '2024-02-05' }), {
    found: ['2024-02-04', null, null, null],
    flags: [['malformed_value', 'surveys[0].answered_at', 'has a time of answering but no score; it counts as not answered', '2024-02-05']],
  });
});

surveys('a score off its scale is flagged once and answers nothing', () => {
  assert.equal(read({ asked_at: '2024-02-04', answered_at: '2024-02-05', score: 11 }), {
    found: ['2024-02-04', null, null, null],
    flags: [['malformed_value', 'surveys[0].score', 'the score is not from 0 to 10', '11']],
  });
});

surveys.run();
