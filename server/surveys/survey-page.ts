import { formatDate } from '../../queries/model/number.ts';
import { escaped } from '../digest/render/escaped.ts';
import { longestComment } from './answer.ts';
import { easeScores, surveyScores } from './scores.ts';

/** What the page of a question shows. */
export interface SurveyPage {
  organisation: string;
  question: string;
  /** The date the case was received, and the last date of the link. */
  receivedOn: string;
  lastOn: string;
  token: string;
  /** What is chosen or written already. */
  score: number | null;
  ease: number | null;
  comment: string;
  /** By field: what is wrong with what was sent. */
  problems: Partial<Record<'score' | 'comment', string>>;
}

/** The page of a question as HTML. It works without scripts, and says nothing of the case but when it came in. */
export function surveyPage(page: SurveyPage): string {
  const { organisation, question, receivedOn, lastOn, token, score, ease, comment, problems } = page;
  const ask = choices({ name: 'score', legend: escaped(question), scores: surveyScores, chosen: score, problem: problems.score });
  const askEase = choices({
    name: 'ease',
    legend: `How easy was it for you?${optional}`,
    scores: easeScores,
    chosen: ease,
    isOptional: true,
  });
  return openPage(
    organisation,
    `${problems.score || problems.comment ? 'Not sent yet: ' : ''}Your opinion`,
    `<p>You contacted us on ${formatDate(receivedOn)}.</p>
<form method="post" action="/survey"><input type="hidden" name="token" value="${escaped(token)}">
${ask}
${askEase}
<div><label for="comment">What should we know?${optional}</label>${problemOf('comment', problems.comment)}<textarea id="comment" name="comment" rows="4" maxlength="${longestComment}"${describedBy('comment', problems.comment)}>${escaped(comment)}</textarea></div>
<div><button>Send</button></div></form>
<p>Nothing is recorded before you press Send. An answer can be sent once, until ${formatDate(lastOn)}; the people who deal with your case read it.</p>`,
  );
}

/** A page that only says something. */
export function openPage(organisation: string, title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>${title} · ${escaped(organisation)}</title><link rel="stylesheet" href="/survey.css"></head><body><main><p class="name">${escaped(organisation)}</p><h1>${title}</h1>
${body}</main></body></html>`;
}

const optional = ' <span class="optional">optional</span>';

interface Choices {
  name: 'score' | 'ease';
  /** HTML. */
  legend: string;
  scores: readonly { score: number; words: string }[];
  chosen: number | null;
  problem?: string | undefined;
  isOptional?: true;
}

function choices({ name, legend, scores, chosen, problem, isOptional }: Choices): string {
  // A choice cannot be taken back by itself, so there is one that says nothing.
  const all = isOptional ? [...scores, { score: null, words: 'I would rather not say' }] : scores;
  const inputs = all.map(({ score, words }, i) => {
    const marks = `${score === chosen ? ' checked' : ''}${!isOptional ? ' required' : ''}${problem && i === 0 ? ' autofocus' : ''}`;
    return `<label class="choice"><input type="radio" name="${name}" value="${score ?? ''}"${marks}>${words}</label>`;
  });
  return `<fieldset${describedBy(name, problem)}><legend>${legend}</legend>${problemOf(name, problem)}${inputs.join('')}</fieldset>`;
}

function problemOf(name: string, problem: string | undefined): string {
  return problem ? `<p class="problem" id="${name}-problem">${escaped(problem)}</p>` : '';
}

function describedBy(name: string, problem: string | undefined): string {
  return problem ? ` aria-describedby="${name}-problem"` : '';
}
