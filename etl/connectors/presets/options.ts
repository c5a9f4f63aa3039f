import { z } from 'zod';

const address = /^https?:\/\/[^\s/?#@{}]+(\/[^\s?#{}]*)?$/;

/** The address of a site, without a query, a user or a password in it. */
export function siteAddress(description: string) {
  return z
    .string()
    .regex(address, { error: 'expected an address as https://desk.example.org, without a ? or a password in it' })
    .describe(description);
}

/** An address without slashes at its end. */
export function baseAddress(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The date a first run begins with. */
export const since = z.iso.date().optional();
