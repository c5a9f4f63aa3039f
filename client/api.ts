import type { ErasureJson, ErasurePlanJson } from '../queries/model/erasure.ts';
import type { DefinitionSqlJson } from '../queries/model/definitions.ts';
import type { DimensionName } from '../queries/model/dimensions.ts';
import { serialiseQuery, type Query } from '../queries/model/query.ts';
import type { EvidenceAnswer, EvidenceRemovalBody } from '../queries/model/evidence.ts';
import type { FollowUpBody, FollowUpJson, LowScorePage, LowScoresRequest } from '../queries/model/follow-up.ts';
import type { ContestDecision, ContestList, LocalBody, OwnContests } from '../queries/model/contest.ts';
import type { DeedAnswer, DeedBody } from '../queries/model/handling.ts';
import type { ProcedureJson, WorkList } from '../queries/model/work.ts';
import type { SurveyAskBody, SurveyAskedJson, SurveyAskingJson } from '../queries/model/survey-asking.ts';
import type { WhoAnswersJson, WhoAnswersRequest } from '../queries/model/who-answers.ts';
import type {
  CaseDetail,
  CasePage,
  CasePicks,
  DrillRequest,
  FacetsJson,
  FacetsRequest,
  FindingsJson,
  LabelsJson,
  MetaJson,
  TableJson,
} from '../queries/model/wire.ts';
import { json, search, send } from './transport.ts';

/** Every endpoint but those of the data page (data-api.ts), typed. Each throws {@link ApiFailed}, or the abort's own error when `signal` ends it. */
export const api = {
  meta: (signal?: AbortSignal): Promise<MetaJson> => json('GET', '/api/meta', { signal }),

  /** Tables in the order of the queries; they travel as Arrow. */
  query: async (queries: Query[], signal?: AbortSignal): Promise<TableJson[]> => {
    // The decoder loads while the server works.
    const decoder = import('./arrow.ts');
    const body = { queries: queries.map(serialiseQuery) };
    const response = await send('POST', '/api/query', { body, signal, accept: 'application/vnd.apache.arrow.stream' });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return (await decoder).decodeTables(bytes);
  },

  /** What changed beyond chance over the period, filters, as-of and grain of a query. */
  findings: (query: Query, signal?: AbortSignal): Promise<FindingsJson> =>
    json('POST', '/api/findings', { body: serialiseQuery(query), signal }),

  /** Labels of a dimension, most frequent first. */
  labels: (
    { dimension, like = '', limit = 50, parent }: { dimension: DimensionName; like?: string; limit?: number; parent?: string },
    signal?: AbortSignal,
  ): Promise<LabelsJson> => json('GET', `/api/labels${search({ dimension, like, limit, parent })}`, { signal }),

  /** Members of a dimension with their cases under the other filters. */
  facets: (body: FacetsRequest, signal?: AbortSignal): Promise<FacetsJson> => json('POST', '/api/facets', { body, signal }),

  /** The cases behind a figure. */
  cases: (body: DrillRequest, signal?: AbortSignal): Promise<CasePage> => json('POST', '/api/cases', { body, signal }),

  /** Whether those who answer surveys have changed. */
  whoAnswers: (body: WhoAnswersRequest, signal?: AbortSignal): Promise<WhoAnswersJson> =>
    json('POST', '/api/who-answers', { body, signal }),

  /** Low scores of the period, with what was done about each. */
  lowScores: (body: LowScoresRequest, signal?: AbortSignal): Promise<LowScorePage> => json('POST', '/api/low-scores', { body, signal }),

  /** Notes what was done about a low score. */
  noteFollowUp: (body: FollowUpBody): Promise<FollowUpJson> => json('PUT', '/api/follow-ups', { body }),

  /** A few of them for a conversation. */
  casePicks: (body: DrillRequest, signal?: AbortSignal): Promise<CasePicks> => json('POST', '/api/case-picks', { body, signal }),

  /** The statements that give the integers of a query; they are not run. */
  definitionSql: (query: Query, signal?: AbortSignal): Promise<DefinitionSqlJson> =>
    json('POST', '/api/definitions/sql', { body: serialiseQuery(query), signal }),

  caseDetail: (id: number | string, signal?: AbortSignal): Promise<CaseDetail> =>
    json('GET', `/api/cases/${encodeURIComponent(id)}`, { signal }),

  erasure: (id: number): Promise<ErasurePlanJson> => json('GET', `/api/cases/${id}/erasure`),
  /** @param confirm the number of the case, as it was typed */
  erase: (id: number, confirm: string): Promise<ErasureJson> => json('POST', `/api/cases/${id}/erasure`, { body: { confirm } }),

  /** Open cases that were entered here, and what is left to do with them. */
  work: (signal?: AbortSignal): Promise<WorkList> => json('GET', '/api/work', { signal }),

  /** Open contests of attributions, the oldest first. */
  contests: (signal?: AbortSignal): Promise<ContestList> => json('GET', '/api/contests', { signal }),
  /** What who is signed in has contested, the newest first. */
  ownContests: (signal?: AbortSignal): Promise<OwnContests> => json('GET', '/api/contests/own', { signal }),

  /** Says the theme and the root cause of a case of a source. */
  sayLocals: async (id: number, body: LocalBody): Promise<void> => void (await send('PUT', `/api/cases/${id}/local`, { body })),

  /** Says that a case is not one's own, and what was decided about that. */
  contestCase: async (id: number, reason: string): Promise<void> =>
    void (await send('POST', `/api/cases/${id}/contest`, { body: { reason } })),
  decideContest: async (id: number, body: ContestDecision): Promise<void> =>
    void (await send('POST', `/api/cases/${id}/contest/decision`, { body })),

  /** How cases are handled, and by what clocks. */
  procedure: (signal?: AbortSignal): Promise<ProcedureJson> => json('GET', '/api/procedure', { signal }),

  /** Does something with a case that was entered here. */
  handleCase: (id: number, body: DeedBody, signal?: AbortSignal): Promise<DeedAnswer> =>
    json('POST', `/api/cases/${id}/events`, { body, signal }),

  /** How the customer of a case can be asked how satisfied they are, and what became of it. */
  surveyAsking: (id: number, signal?: AbortSignal): Promise<SurveyAskingJson> => json('GET', `/api/cases/${id}/survey`, { signal }),

  /** Asks them. */
  askCustomer: (id: number, body: SurveyAskBody, signal?: AbortSignal): Promise<SurveyAskedJson> =>
    json('POST', `/api/cases/${id}/survey`, { body, signal }),
  /** Adds a file to a case that was entered here. `version`: how many events the case had when it was read. */
  addEvidence: (id: number, { file, note, version }: { file: File; note: string; version: number }): Promise<EvidenceAnswer> => {
    const headers = {
      'x-file-name': encodeURIComponent(file.name),
      'x-file-note': encodeURIComponent(note),
      'x-case-version': String(version),
    };
    return json('POST', `/api/cases/${id}/evidence`, { file, headers });
  },

  /** Removes a file from a case, with a reason. */
  removeEvidence: (id: number, no: number, body: EvidenceRemovalBody): Promise<EvidenceAnswer> =>
    json('POST', `/api/cases/${id}/evidence/${no}/removal`, { body }),

  /** Enters a case; the same key sent again changes nothing and answers the same case. */
  putEntry: (key: string, record: Record<string, unknown>, signal?: AbortSignal): Promise<{ case_id: number }> =>
    json('PUT', `/api/entries/${encodeURIComponent(key)}`, { body: record, signal }),

  signOut: async (): Promise<void> => {
    await send('POST', '/sign-out', {});
  },
};
