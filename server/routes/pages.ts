import express, { Router } from 'express';
import { allow } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';

/** Paths of the client's screens; `:name` stands for one part. */
export const screens = [
  '/',
  '/issues',
  '/issues/:issue',
  '/resolution',
  '/satisfaction',
  '/coaching',
  '/work',
  '/cases',
  '/cases/new',
  '/cases/duplicates',
  '/cases/:id',
  '/digests',
  '/digests/:id',
  '/data',
  '/data/definitions',
  '/people',
  '/people/audit',
  '/account',
] as const;

const isScreen = new RegExp(`^(${screens.map((screen) => screen.replace(/:\w+/, '[^/]+').replace(/\/$/, '')).join('|')})/?$`);

/**
 * The built client: hashed files for ever, everything else asked for anew, and its one page for every screen; for any other path
 * too, but with 404: the page says there what is amiss.
 */
export function pageRoutes({ clientDir }: Pick<AppDeps, 'clientDir'>): Router {
  const router = Router();
  router.use('/assets', express.static(`${clientDir}/assets`, { immutable: true, maxAge: '1y', index: false, redirect: false }));
  router.use(
    express.static(clientDir, { index: false, redirect: false, setHeaders: (res) => void res.setHeader('cache-control', 'no-cache') }),
  );
  router.get('/favicon.ico', (_req, res) => res.redirect(308, '/icon.svg'));
  router.get('/{*screen}', allow('use_account'), (req, res, next) => {
    if (/\.\w+$/.test(req.path) || !req.accepts('html')) return next();
    res.status(isScreen.test(req.path) ? 200 : 404).set('cache-control', 'no-cache');
    res.sendFile('index.html', { root: clientDir, cacheControl: false }, (error?: Error) => {
      if (error) next(new Refused(503, 'the client is not built; run: npm run build'));
    });
  });
  return router;
}
