import type { LikelyBody, LikelyJson } from '../../queries/model/links.ts';
import { linksApi } from '../links-api.ts';

/** The fields of the entry form by which a case is compared with others. */
export const tellingFields: readonly string[] = ['customer_ref', 'issue', 'narrative', 'received_at', 'received_time'];

/** Cases that are likely about the same matter as the one that is being typed. Nobody is kept from saving by it, nor told that it failed. */
export class LikelyWhileTyped {
  cases = $state.raw<LikelyJson['likely']>([]);
  #asked = '';
  #running: AbortController | null = null;

  /** Asks about what is typed, once for the same; an answer that comes after the next question is not shown. */
  async ask({ narrative, customer_ref, issue, received_at }: LikelyBody): Promise<void> {
    const body: LikelyBody = {
      ...(narrative && { narrative }),
      ...(customer_ref && { customer_ref }),
      ...(issue && { issue }),
      ...(received_at && { received_at }),
    };
    const asked = JSON.stringify(body);
    if (asked === this.#asked) return;
    this.#running?.abort();
    this.#asked = asked;
    const running = new AbortController();
    this.#running = running;
    const answer = await linksApi.whileTyped(body, running.signal).catch(() => null);
    if (!running.signal.aborted) this.cases = answer?.likely ?? [];
  }

  /** Begins anew, with another case. */
  forget(): void {
    this.#running?.abort();
    this.#asked = '';
    this.cases = [];
  }
}
