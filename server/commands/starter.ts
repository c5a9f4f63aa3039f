/** Aborted when the process that started this one tells it to stop, or is gone. Without such a process, never. */
export function stoppedByStarter(): AbortSignal {
  const controller = new AbortController();
  if (!process.channel) return controller.signal;
  process.once('disconnect', () => controller.abort(new Error('it was told to stop before it was done')));
  // Listening alone would keep this process alive.
  process.channel.unref();
  // Ctrl+C reaches both; the starter decides.
  process.on('SIGINT', () => undefined);
  return controller.signal;
}
