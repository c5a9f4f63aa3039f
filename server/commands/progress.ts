/** Shows how far a run is: one line that redraws itself on a terminal, plain lines now and then elsewhere. */
export interface Progress {
  /** @param share of the whole, 0–1, or null where the whole is unknown */
  show(text: string, share: number | null): void;
  /** Takes the line away again. */
  end(): void;
}

const width = 24;
const terminalEveryMs = 100;
const plainEveryMs = 5_000;

/**
 * @param stream where to, normally standard error
 * @param clock milliseconds from any fixed moment
 */
export function createProgress(
  stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
  clock: () => number = () => performance.now(),
): Progress {
  let shownAt = clock();
  let isLineOpen = false;
  return {
    show(text, share) {
      if (clock() - shownAt < (stream.isTTY ? terminalEveryMs : plainEveryMs)) return;
      shownAt = clock();
      const percent = share === null ? '' : `${String(Math.floor(Math.min(share, 1) * 100)).padStart(3)} % `;
      if (!stream.isTTY) {
        stream.write(`${percent.trimStart()}${text}\n`);
        return;
      }
      const filled = share === null ? 0 : Math.round(Math.min(share, 1) * width);
      const bar = share === null ? '' : `${'█'.repeat(filled)}${'░'.repeat(width - filled)} `;
      stream.write(`\r\u001b[2K${bar}${percent}${text}`);
      isLineOpen = true;
    },
    end() {
      if (isLineOpen) stream.write('\r\u001b[2K');
      isLineOpen = false;
    },
  };
}
