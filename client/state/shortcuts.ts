const chordMs = 1200;

/**
 * A key handler for single keys ("?") and chords ("g o"). Nothing happens while the reader types, in a dialog, or with a
 * modifier held, so that the browser keeps its own keys.
 */
export function shortcuts(actions: Record<string, () => void>): (event: KeyboardEvent) => void {
  let first = '';
  let firstAt = 0;
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const chord = event.timeStamp - firstAt < chordMs ? `${first} ${event.key}` : '';
    const action = actions[chord] ?? actions[event.key];
    first = event.key;
    firstAt = event.timeStamp;
    if (!action) return;
    event.preventDefault();
    action();
  };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable], dialog') !== null;
}
