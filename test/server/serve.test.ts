import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { serve } from '../../server/serve.ts';

const serving = suite('serve');
const here = { host: '127.0.0.1', port: 0, waiting: 'still loading' };

serving('says that it is not ready until it is told how to answer', async () => {
  const server = await serve(here);
  const url = `http://127.0.0.1:${server.port}/`;
  const early = await fetch(url);
  assert.is(early.status, 503);
  assert.is(await early.text(), 'still loading\n');
  server.open((_req, res) => void res.end('ready'));
  assert.is(await (await fetch(url)).text(), 'ready');
  await server.close();
});

serving('says which port is in use and what to do', async () => {
  const first = await serve(here);
  try {
    await serve({ ...here, port: first.port });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    assert.is((error as BadInput).problems[0]?.field, 'PORT');
    assert.match((error as BadInput).message, `port ${first.port} of 127.0.0.1 is in use`);
  }
  await first.close();
});

serving('lets a running answer end before it closes, and cuts off one that does not', async () => {
  const server = await serve(here);
  let endSlow = (): void => undefined;
  server.open((req, res) => {
    res.write('begun ');
    if (req.url === '/slow') endSlow = () => void res.end('done');
  });
  const url = `http://127.0.0.1:${server.port}`;
  // Both have begun to answer.
  const [slow, endless] = await Promise.all([fetch(`${url}/slow`), fetch(`${url}/endless`)]);
  const ends = Promise.allSettled([server.close(2000), slow.text(), endless.text()]);
  // A close that waits for nothing would have cut it off by then.
  setTimeout(endSlow, 100);
  const [closed, finished, cut] = await ends;
  assert.is(closed.status, 'fulfilled');
  assert.equal(finished, { status: 'fulfilled', value: 'begun done' });
  assert.is(cut.status, 'rejected');
});

serving.run();
