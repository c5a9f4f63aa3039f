import type { Knex } from 'knex';

/** What is written down about who did what. */
export const auditActions = {
  user_added: 'A user was added',
  user_disabled: 'A user was disabled',
  user_enabled: 'A disabled user was let in again',
  role_changed: 'A user was given another role',
  scope_changed: 'What rows a user sees was changed',
  agent_linked: 'The agent a user is was changed',
  link_made: 'A sign-in link was made',
  user_invited: 'A user was given an invitation link',
  identity_linked: 'A user signed in with a provider for the first time',
  identity_unlinked: 'What a provider calls a user was forgotten',
  password_set: 'Somebody set a password',
  sign_in_refused: 'A wrong password was tried',
  session_ended: 'Sessions of a user were ended',
  signed_in: 'Somebody signed in',
  signed_out: 'Somebody signed out',
  case_entered: 'A case was entered',
  case_handled: 'Something was done with a case',
  case_classified: 'The theme or the root cause of a case of a source was said',
  attribution_contested: 'An agent contested that a case is theirs',
  contest_decided: 'It was decided whose a contested case is',
  evidence_added: 'A file was added to a case',
  evidence_downloaded: 'A file of a case was downloaded',
  evidence_removed: 'A file was removed from a case',
  cases_linked: 'Somebody said whether two cases are about the same matter',
  source_run: 'A source was pulled by hand',
  cases_exported: 'The cases behind a figure were exported',
  figures_exported: 'Figures were exported',
  contact_viewed: 'A case was shown with who the customer is',
  text_viewed: 'A case was shown with its texts, and not who the customer is',
  customer_erased: 'A customer was erased',
  cases_erased: 'Cases that were kept long enough were erased',
  customer_exported: 'Everything about a customer was exported',
  audit_exported: 'The audit trail was exported',
  rejected_viewed: 'A rejected row was shown as it came',
  rows_replayed: 'Rejected rows were read again',
  rows_dismissed: 'Rejected rows were dismissed',
  source_previewed: 'The first rows of a new source were looked at',
  source_added: 'A source was added',
  token_made: 'A token to send records with was made',
  label_changed: "A source's value was put under another label",
  label_change_undone: 'A change of labels was undone',
  follow_up_noted: 'What was done about a low score was noted',
  tokens_revoked: 'The tokens of a source were ended',
  view_saved: 'A view was saved',
  view_changed: 'A saved view was renamed, replaced or shared',
  view_deleted: 'A saved view was deleted',
  note_written: 'A note was written beside the trends',
  note_changed: 'A note beside the trends was changed',
  note_deleted: 'A note beside the trends was deleted',
  baseline_set: 'A typical range was begun anew',
  baseline_taken_back: 'That a typical range begins anew was taken back',
  survey_asked: 'A customer was asked how satisfied they are',
  survey_answered: 'A customer said how satisfied they are',
  digest_resent: 'A digest was sent again',
  digest_added: 'A digest was added',
  digest_changed: 'A digest was changed',
  digest_removed: 'A digest was deleted',
  digest_paused: 'A digest was paused',
  digest_resumed: 'A paused digest went on',
  digest_tested: 'A digest was sent as a test',
  digest_checked: 'The checks of a digest that was not sent were run again',
  digest_unsubscribed: 'A recipient unsubscribed from a digest',
  digest_resubscribed: 'A recipient who had unsubscribed from a digest gets it again',
  digest_recipient_stopped: 'A recipient of a digest left or has no mailbox any more, and gets no more of it',
  digest_viewed: 'A digest was opened in the archive',
  email_set: 'The mail address of a user was set',
} as const;

/** One line of the audit trail. `userId` null: whoever sits at the machine itself. */
export interface AuditEvent {
  /** Seconds since 1970 UTC. */
  at: number;
  userId: number | null;
  action: keyof typeof auditActions;
  /** What it was done to: a user, a case, a source, a measure and its period. Never customer text. */
  target: string;
}

/** Appends to the audit trail; within a transaction when `db` is one. */
export async function audit(db: Knex, { at, userId, action, target }: AuditEvent): Promise<void> {
  await db('audit_event').insert({ at, user_id: userId, action, target });
}
