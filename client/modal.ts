import type { Attachment } from 'svelte/attachments';

/**
 * Shows a dialog over the page for as long as it is mounted. The focus goes in with it and back to where it was when it goes.
 * @param onleave called when its reader steps out by Escape or a gesture: at once, since browsers tell only after their next frame that a dialog
 *   closed, when the next one may stand open. Expected to take the dialog off the page.
 */
export function modal(onleave: () => void): Attachment<HTMLDialogElement> {
  return (dialog) => {
    const before = document.activeElement;
    let isOver = false;
    // Controls inside, such as one that chooses a file, tell of cancels of their own.
    const leave = (event: Event): void => {
      if (event.target !== dialog || isOver) return;
      event.preventDefault();
      onleave();
    };
    dialog.addEventListener('cancel', leave);
    dialog.addEventListener('close', leave);
    dialog.showModal();
    return () => {
      isOver = true;
      dialog.close();
      if (before instanceof HTMLElement || before instanceof SVGElement) before.focus();
    };
  };
}
