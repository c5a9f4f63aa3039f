import type { SourceConfig } from './config.ts';
import type { Extract, Reader } from './connector.ts';
import type { RecordMap } from './map.ts';
import { runImport, type RunReport } from './run.ts';
import type { SourceDeps } from './run-source.ts';
import type { RejectedRecordRow } from './store/tables.ts';

/** What became of pushed records. */
export interface PushResult extends RunReport {
  /** Rows of this push that are kept as rejected; `index` from 0 is their place in what was sent. */
  rejects: { index: number; field: string | null; reason: string }[];
}

/**
 * Loads pushed rows as one run. The same sent again changes nothing; of a key that comes twice the later row holds. From its
 * first case on the source is known until now.
 * @param extract as `pushedRows` makes it
 * @throws RunInProgress while another run of the source is under way; BadInput when the columns do not fit the map
 */
export async function pushRecords(deps: SourceDeps, source: SourceConfig, map: RecordMap, extract: Extract): Promise<PushResult> {
  const { store, config, now, log } = deps;
  const count = extract.rows.length + extract.broken.length;
  const input = count === 1 ? '1 record sent' : `${count.toLocaleString('en')} records sent`;
  const report = await runImport({
    store, map, now, log, input, source: source.name, mapName: source.map, connector: given(extract), connectorName: source.connector,
    options: null, startedBy: 'push', organisation: config.organisation, through: 'now', repeats: 'replace',
  }); // prettier-ignore
  const rejected =
    report.rejected === 0
      ? []
      : await store
          .writer<RejectedRecordRow>('rejected_record')
          .where({ run_id: report.runId, input })
          .orderBy('line')
          .select('line', 'field', 'reason');
  return { ...report, rejects: rejected.map(({ line, field, reason }) => ({ index: (line ?? 1) - 1, field, reason })) };
}

function given(extract: Extract): Reader<null> {
  return {
    name: 'push',
    description: 'Records that were sent',
    hasOpenHeader: true,
    async *read() {
      yield await Promise.resolve(extract);
    },
  };
}
