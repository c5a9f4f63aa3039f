import { once } from 'node:events';
import { answer } from '../../queries/answer.ts';
import { formatAnswer, formats, type Format } from '../formats.ts';
import { readJson, readQueries } from '../read-queries.ts';
import { exitCodes, textFlag, type Command } from './command.ts';

export const query: Command = {
  name: 'query',
  summary: 'Answers one query, or {"queries": […]}, as the API does.',
  args: 'JSON',
  count: [1, 1],
  flags: {
    format: {
      value: 'FORMAT',
      allowed: Object.keys(formats),
      description: `Form of the answer: ${Object.keys(formats).join(', ')}; default json.`,
    },
  },
  async run(given, { readConfig, openStore, now, out }) {
    const [text = ''] = given.args;
    const queries = readQueries(readJson(text, 'JSON'));
    const { organisation } = readConfig();
    const store = await openStore();
    try {
      // The flag's declaration admits nothing else.
      const format = (textFlag(given, 'format') ?? 'json') as Format;
      const body = await formatAnswer(await answer({ reader: store.reader, organisation, now }, queries), format);
      if (!out(format === 'json' ? `${String(body)}\n` : body)) await once(process.stdout, 'drain');
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};
