import { demoSource, loadDemo } from '../demo.ts';
import { exitCodes, type Command } from './command.ts';
import { findMap } from './maps.ts';
import { sayReport, showProgress } from './run-report.ts';
import { stoppedByStarter } from './starter.ts';

/** A step of the set-up: loads the demo data into the store. */
export const fillDemo: Command = {
  name: 'demo',
  summary: 'Loads the demo data.',
  args: '',
  count: [0, 0],
  flags: {},
  async run(_given, context) {
    const { log, now, say } = context;
    const signal = stoppedByStarter();
    const store = await context.openStore();
    let progress: ReturnType<typeof showProgress> | null = null;
    try {
      const report = await loadDemo({
        store,
        map: findMap(demoSource),
        now,
        log,
        say,
        signal,
        onProgress(done, size) {
          progress ??= showProgress(demoSource, size);
          progress.onProgress(done);
        },
      }).finally(() => progress?.end());
      await sayReport(store, report, context);
      return exitCodes.done;
    } catch (error) {
      // Being told to stop is no failure: the next start goes on with it.
      if (!signal.aborted) throw error;
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};
