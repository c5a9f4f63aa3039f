import type { DigestJson } from '../queries/model/digest.ts';

/** What can be done with a digest of the list. */
export interface DigestDeeds {
  onchange: (digest: DigestJson) => void;
  onpause: (digest: DigestJson, reason: string) => void;
  onresume: (digest: DigestJson) => void;
  ontest: (digest: DigestJson, address: string) => void;
  ondelete: (digest: DigestJson) => void;
}
