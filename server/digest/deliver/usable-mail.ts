import type { MailSettings } from './mail-settings.ts';

/** How mail is sent, or why it is not, in a sentence. */
export type UsableMail = { settings: MailSettings; why: null } | { settings: null; why: string };

/**
 * Whether mail can be sent. Its links, also those that end it, must lead here for who reads it: without an address to give them nothing is sent, unless the mail
 * server too is on this machine, as for a trial.
 * @param host the address that is listened on
 */
export function usableMail({ mail, publicUrl, host }: { mail: MailSettings | null; publicUrl: string | null; host: string }): UsableMail {
  if (!mail)
    return { settings: null, why: 'Mail is not set up: put the address of a mail server into SMTP_URL and start Silverlining again.' };
  if (publicUrl === null && isHere(host) && !isHere(mail.host))
    return {
      settings: null,
      why: 'Mail waits, since its links would lead nowhere: put the address people reach Silverlining at into SILVERLINING_URL and start it again.',
    };
  return { settings: mail, why: null };
}

/** Whether an address is this machine; one that stands for all of its addresses has no other name either. */
function isHere(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|0\.0\.0\.0|::)$/i.test(host);
}
