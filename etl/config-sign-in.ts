import { z } from 'zod';
import { secret } from './secret.ts';

const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/;

/** `sign_in:` of the configuration. */
export const signInSchema = z.strictObject({
  openid: z
    .strictObject({
      name: z.string().trim().min(1).max(40).describe('What the button says people sign in with, as Example Company.'),
      issuer: z
        .url({ error: 'is no address like https://login.example.org' })
        .refine((text) => text.startsWith('https://') || loopback.test(text), { error: 'must begin with https://' })
        .describe('Address of the provider; what it offers is read from its .well-known/openid-configuration.'),
      client_id: z.string().min(1).describe('What Silverlining is registered as there.'),
      client_secret: secret().describe('The secret of that registration.'),
      new_people: z
        .enum(['trainer', 'executive', 'staff'])
        .optional()
        .describe('Role of people the provider knows and Silverlining does not yet; left out: they are not let in.'),
      email_domains: z
        .array(z.string().regex(/^[a-z0-9.-]+\.[a-z]{2,}$/, { error: 'is no domain like example.org, in small letters' }))
        .min(1)
        .optional()
        .describe('Domains of the mail addresses of such people; anybody may have an account with a provider.'),
      unverified_email: z
        .boolean()
        .default(false)
        .describe('Whether people are found by a mail address that the provider does not say it has verified.'),
    })
    .optional()
    .describe(
      'Signing in with an OpenID Connect provider; it is given SILVERLINING_URL/sign-in/openid/callback as the place to come back to.',
    ),
});

/** A provider people sign in with. */
export type OpenIdConfig = NonNullable<z.output<typeof signInSchema>['openid']>;
