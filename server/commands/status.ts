import { existsSync } from 'node:fs';
import type { SourceRow } from '../../queries/model/lists.ts';
import { retentionDue } from '../../etl/retention.ts';
import { listSources } from '../lists.ts';
import { dueInWords } from '../retention.ts';
import { exitCodes, type Command } from './command.ts';
import { count, counted, lengthWords, textTable } from './words.ts';

export const status: Command = {
  name: 'status',
  summary: 'Shows the sources: how fresh each is, how its last run ended, what waits and when it is read next.',
  args: '',
  count: [0, 0],
  flags: { json: { description: 'Prints one JSON object.' } },
  async run({ flags }, { environment, readConfig, openStore, now, out }) {
    const config = readConfig();
    const store = await openStore();
    try {
      const { rows } = await listSources(store.reader, now(), config);
      // The inbox that is read where nothing is configured is no news before it holds something.
      const sources = existsSync(environment.configPath) ? rows : rows.filter((source) => source.runs > 0 || source.cases > 0);
      const due = await retentionDue(store.reader, config.retention ?? [], { now: now(), zone: config.organisation.zone ?? 'UTC' });
      const cases = sources.reduce((sum, source) => sum + source.cases, 0);
      if (flags.json) {
        out(
          `${JSON.stringify({ engine: store.engine, data: environment.dataDir, cases, sources, ...(due.length > 0 && { retention: due }) }, null, 2)}\n`,
        );
        return exitCodes.done;
      }
      out(`${counted(cases, 'case')} in ${store.engine === 'sqlite' ? environment.dataDir : 'PostgreSQL'}\n`);
      if (sources.every((source) => source.runs === 0 && source.cases === 0))
        out('Nothing was read yet: npx silverlining import FILE --map NAME\n');
      if (sources.length) out(textTable([head, ...sources.map((source) => line(source, now()))]));
      for (const source of sources) for (const said of remarks(source, now())) out(`${source.name}: ${said}\n`);
      for (const each of due) out(`${dueInWords(each)}\n`);
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

const head = ['source', 'cases', 'known until', 'freshness', 'last run', 'rejects', 'unmapped', 'next run'];
const none = '–';

function line(source: SourceRow, now: number): string[] {
  const { last_run: last } = source;
  return [
    source.name,
    count(source.cases),
    source.live ? 'now' : (source.through ?? none),
    source.live ? 'up to date' : source.through === null ? none : `${lengthWords(now - secondsOf(source.through))} old`,
    last
      ? `${source.running ? 'running since' : last.state} ${source.running ? last.started_at : (last.finished_at ?? last.started_at)}`
      : none,
    count(source.waiting),
    source.unmapped === null ? none : count(source.unmapped),
    source.next_run === null ? none : nextWords(secondsOf(source.next_run), now),
  ];
}

/** What a person should know or do about a source. */
function remarks({ last_run: last, running, failed_count, retry_at, warning, notice, waiting }: SourceRow, now: number): string[] {
  const said: string[] = [];
  if (last?.state === 'failed' && !running) {
    const again = retry_at !== null && secondsOf(retry_at) > now ? `tried again ${nextWords(secondsOf(retry_at), now)}` : null;
    const times = failed_count > 1 ? `failed ${failed_count} times` : 'failed';
    said.push([`${times}: ${last.message ?? 'no reason was noted'}`, again].filter(Boolean).join('; '));
  }
  if (warning !== null) said.push(`look at this: ${warning}`);
  if (notice !== null) said.push(`the source says: ${notice}`);
  if (waiting) said.push(`${counted(waiting, 'rejected row')} ${waiting === 1 ? 'waits' : 'wait'} on /data`);
  return said;
}

function nextWords(at: number, now: number): string {
  return at <= now ? 'at once' : `in ${lengthWords(at - now)}`;
}

function secondsOf(iso: string): number {
  return Date.parse(iso) / 1000;
}
