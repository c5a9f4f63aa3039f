// tsx compiles with esbuild, which stays as a process of its own beside a server that runs for months. Module hooks share
// tsx's thread and thereby its esbuild: once nothing has been loaded for a while it is ended. It comes back by itself when needed.
import { stop } from 'esbuild';

const quietMs = 5_000;
let loading = 0;
let timer;

export async function load(url, context, nextLoad) {
  loading += 1;
  clearTimeout(timer);
  try {
    return await nextLoad(url, context);
  } finally {
    loading -= 1;
    if (loading === 0) timer = setTimeout(stop, quietMs);
  }
}
