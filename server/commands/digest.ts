import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import type { Config } from '../../etl/config.ts';
import type { Store } from '../../etl/store/open.ts';
import { readTargets } from '../../queries/digest/target.ts';
import { deliveryWords } from '../../queries/model/digest.ts';
import { formatWhen } from '../../queries/model/number.ts';
import { isoText } from '../../etl/time.ts';
import { adoptDigests } from '../digest/adopt.ts';
import { compose, digestZone } from '../digest/compose.ts';
import { digestRows, scheduleOf } from '../digest/digests.ts';
import { listIssues } from '../digest/issues.ts';
import { nextRuns } from '../digest/list.ts';
import { heldRemark, makeIssue, NotComputed } from '../digest/make.ts';
import { usableMail } from '../digest/deliver/usable-mail.ts';
import { createOutbox } from '../digest/deliver/outbox.ts';
import { createOutgoing } from '../digest/deliver/outgoing.ts';
import { stopMailbox } from '../digest/departed.ts';
import { noteNotDelivered } from '../surveys/not-delivered.ts';
import { archiveHtml } from '../digest/render/personal.ts';
import type { ServiceDeps } from '../digest/service.ts';
import { lastDue } from '../../etl/due.ts';
import { scheduleWords } from '../schedule-words.ts';
import { exitCodes, textFlag, type Command } from './command.ts';
import type { Context } from './context.ts';
import { baseUrl } from './user.ts';
import { counted } from './words.ts';

const verbs = ['list', 'preview', 'send'] as const;

export const digest: Command = {
  name: 'digest',
  summary: 'Lists digests, writes out what one would tell now, or makes and sends one that is due.',
  args: 'preview|send|list [NAME]',
  count: [1, 2],
  flags: {
    out: { value: 'FOLDER', description: 'Folder the preview is written to; the working folder where it is left out.' },
  },
  async run(given, context) {
    const [verb = '', name] = given.args;
    const action = verbs.find((each) => each === verb);
    if (!action) throw new BadInput([{ field: '', message: `"${verb}" is not one of ${verbs.join(', ')}${didYouMean(verb, verbs)}` }]);
    if (action !== 'list' && name === undefined)
      throw new BadInput([{ field: '', message: `which one? expected: npx silverlining digest ${verb} NAME` }]);
    if (action !== 'preview' && given.flags.out) throw new BadInput([{ field: '--out', message: 'belongs to digest preview' }]);
    const folder = textFlag(given, 'out') ?? '.';
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new BadInput([{ field: '--out', message: `there is no folder "${folder}"` }]);
    const config = context.readConfig();
    const store = await context.openStore();
    try {
      if (existsSync(context.environment.configPath)) await adoptDigests(store, config.digests, context.now());
      const deps: ServiceDeps = { ...digestDepsOf(context, { store, config, port: context.environment.port }), random: Math.random };
      if (action === 'list') return await list(deps, context);
      const row = await named(store, name ?? '');
      return action === 'preview' ? await preview(deps, row, folder, context) : await send(deps, row, context);
    } finally {
      await store.close();
    }
  },
};

/** What digests need of the process. @throws BadInput for targets of what is no measure */
export function digestDepsOf(
  { environment, env, now, log }: Context,
  { store, config, port }: { store: Store; config: Config; port: number },
): Omit<ServiceDeps, 'random'> {
  return {
    store,
    organisation: config.organisation,
    targets: readTargets(config.targets),
    sources: () => config.sources,
    baseUrl: environment.publicUrl ?? baseUrl(environment.host, port),
    mail: usableMail(environment).settings,
    env,
    now,
    log,
  };
}

async function named(store: Store, name: string) {
  const rows = await digestRows(store.reader);
  const row = rows.find((each) => each.name === name);
  const names = rows.map((each) => each.name);
  if (!row) throw new BadInput([{ field: 'NAME', message: `there is no digest "${name}"${didYouMean(name, names)}` }]);
  return row;
}

async function list(deps: ServiceDeps, { out, say }: Context): Promise<number> {
  const { store, now } = deps;
  const zone = await digestZone(deps);
  const rows = await digestRows(store.reader);
  if (rows.length === 0) say('There is no digest; add one on the page Digests or in silverlining.yaml.');
  for (const row of rows) {
    const [next] = nextRuns(row, now(), zone);
    const state =
      row.paused_at === null
        ? next === undefined
          ? 'over'
          : `next ${formatWhen(isoText(next), zone)}`
        : `paused by ${row.paused_by ?? ''}`;
    const issues = await listIssues(store.reader, { digest: row.digest_id, page: 1, size: 1 });
    const last = issues.rows[0];
    const sent = Object.entries(last?.deliveries ?? {}).map(
      ([key, count]) => `${count} ${deliveryWords[key as keyof typeof deliveryWords]}`,
    );
    const told = last
      ? `${last.period.text}: ${last.state === 'held' ? `not sent, ${last.reasons[0] ?? ''}` : sent.join(', ') || 'made'}`
      : 'nothing yet';
    out(`${row.name}\t${scheduleWords(scheduleOf(row))}\t${state}\t${told}\n`);
  }
  return exitCodes.done;
}

async function preview(deps: ServiceDeps, row: Awaited<ReturnType<typeof named>>, folder: string, { say }: Context): Promise<number> {
  const { parts, content, reasons, period } = await compose(deps, row, { at: deps.now(), remark: heldRemark });
  if (!content) throw new NotComputed(reasons);
  for (const name of ['digest.html', 'digest.txt', 'digest.pdf']) {
    const bytes = parts.find((part) => part.name === name)?.bytes ?? Buffer.alloc(0);
    const inline = (picture: string) =>
      `data:image/png;base64,${parts.find((part) => part.name === picture)?.bytes.toString('base64') ?? ''}`;
    writeFileSync(path.join(folder, name), name === 'digest.html' ? archiveHtml(bytes.toString('utf8'), inline) : bytes);
  }
  say(`Wrote digest.html, digest.txt and digest.pdf of ${period.text} to ${path.resolve(folder)}`);
  for (const reason of reasons) say(`It would not be sent: ${reason}`);
  return exitCodes.done;
}

/** Makes what the digest was due for last, if that is not made yet, and sends what waits. */
async function send(deps: ServiceDeps, row: Awaited<ReturnType<typeof named>>, { environment, say }: Context): Promise<number> {
  const { store, mail, now, random, log } = deps;
  const zone = await digestZone(deps);
  if (row.paused_at !== null) say(`${row.name} is paused${row.pause_reason ? `: ${row.pause_reason}` : ''}. Nothing is made or sent.`);
  else if (nextRuns(row, now(), zone).length === 0) say(`${row.name} ended on ${row.ends_on ?? ''}. Nothing is made or sent.`);
  if (row.paused_at !== null || nextRuns(row, now(), zone).length === 0) return exitCodes.failed;
  const due = lastDue(scheduleOf(row), now(), zone);
  await makeIssue(deps, row, due, 'command line');
  const { rows } = await listIssues(store.writer, { digest: row.digest_id, page: 1, size: 1 });
  const issue = rows[0];
  if (!issue) throw new Error('the issue that was just made is there');
  if (issue.state === 'held') {
    say(`${row.name} of ${issue.period.text} was not sent:`);
    for (const reason of issue.reasons) say(`- ${reason}`);
    return exitCodes.failed;
  }
  const outbox = createOutbox({
    store, mail, now, random, log,
    ...createOutgoing(deps, mail?.from ?? null),
    onNoSuchMailbox: (delivery) => stopMailbox(store, delivery, now()),
    onFailed: (delivery) => noteNotDelivered(deps, delivery),
  }); // prettier-ignore
  await outbox.tick();
  await outbox.idle();
  const after = (await listIssues(store.writer, { digest: row.digest_id, page: 1, size: 1 })).rows[0]?.deliveries ?? {};
  const { why } = usableMail(environment);
  if (why !== null) say(`${why} The digest is in the archive, and its messages wait.`);
  const states = Object.entries(after).map(
    ([state, count]) => `${counted(count, 'message')} ${deliveryWords[state as keyof typeof deliveryWords]}`,
  );
  say(`${row.name} of ${issue.period.text}: ${states.join(', ') || 'it has no recipients'}`);
  return after.failed || after.unknown ? exitCodes.failed : exitCodes.done;
}
