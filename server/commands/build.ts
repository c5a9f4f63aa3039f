import { buildClient } from '../build-client.ts';
import { exitCodes, type Command } from './command.ts';
import { stoppedByStarter } from './starter.ts';

/** A step of the set-up: builds the client. */
export const build: Command = {
  name: 'build',
  summary: 'Builds the pages.',
  args: '',
  count: [0, 0],
  flags: {},
  async run() {
    // Nothing is in place before it is whole: a build need not be ended gently.
    stoppedByStarter().addEventListener('abort', () => process.exit(exitCodes.failed));
    await buildClient();
    return exitCodes.done;
  },
};
