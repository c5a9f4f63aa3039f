import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { requireSession, sameOrigin } from './auth/guard.ts';
import type { AppDeps } from './deps.ts';
import { answerErrors, nothingHere } from './errors.ts';
import { createOneByOne } from './one-by-one.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { baselineRoutes } from './routes/baselines.ts';
import { casePickRoutes } from './routes/case-picks.ts';
import { caseRoutes } from './routes/cases.ts';
import { dataRoutes } from './routes/data.ts';
import { entryRoutes } from './routes/entries.ts';
import { findingRoutes } from './routes/findings.ts';
import { followUpRoutes } from './routes/follow-ups.ts';
import { facetRoutes } from './routes/facets.ts';
import { healthRoutes } from './routes/health.ts';
import { labelChangeRoutes } from './routes/label-changes.ts';
import { liveRoutes } from './routes/live.ts';
import { metaRoutes } from './routes/meta.ts';
import { queryRoutes } from './routes/query.ts';
import { pageRoutes } from './routes/pages.ts';
import { pushRoutes } from './routes/push.ts';
import { rejectedRoutes } from './routes/rejected.ts';
import { savedViewRoutes } from './routes/saved-views.ts';
import { definitionRoutes } from './routes/definitions.ts';
import { digestIssueRoutes } from './routes/digest-issues.ts';
import { digestRoutes } from './routes/digests.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { sourceRoutes } from './routes/sources.ts';
import { unsubscribeRoutes } from './routes/unsubscribe.ts';
import { whoAnswersRoutes } from './routes/who-answers.ts';

/** The application over an open store; it does not listen. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  // A reverse proxy on this machine may say that the browser came by https, and from where.
  app.set('trust proxy', 'loopback');
  app.set('query parser', 'simple');
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy }, strictTransportSecurity: false }));
  app.use(httpsOnly);
  app.use(compression({ filter: isCompressible }));
  // A mail program's page has no origin, and whoever has the link in a mail may follow it from anywhere.
  app.use(unsubscribeRoutes(deps));
  app.use(sameOrigin);
  app.use(requireSession(deps));

  // Figures and cases are for one person only.
  app.use('/api', (_req, res, next) => {
    res.set('cache-control', 'private, no-cache');
    next();
  });
  app.use(healthRoutes(deps));
  app.use(signInRoutes(deps));
  app.use(metaRoutes(deps));
  app.use(definitionRoutes(deps));
  app.use(queryRoutes(deps));
  app.use(findingRoutes(deps));
  app.use(facetRoutes(deps));
  app.use(savedViewRoutes(deps));
  app.use(annotationRoutes(deps));
  app.use(baselineRoutes(deps));
  app.use(caseRoutes(deps));
  app.use(casePickRoutes(deps));
  app.use(entryRoutes(deps));
  app.use(followUpRoutes(deps));
  const oneByOne = createOneByOne();
  app.use(digestRoutes(deps, oneByOne));
  app.use(digestIssueRoutes(deps, oneByOne));
  app.use(whoAnswersRoutes(deps));
  app.use(liveRoutes(deps));
  app.use(dataRoutes(deps));
  app.use(rejectedRoutes(deps));
  app.use(labelChangeRoutes(deps));
  app.use(sourceRoutes(deps));
  app.use(pushRoutes(deps));
  app.use('/api', nothingHere);
  app.use(pageRoutes(deps));
  app.use(nothingHere);
  app.use(answerErrors(deps.log));
  return app;
}

const contentSecurityPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'frame-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** Whoever came by https is to do so again. Our neighbours under the same domain are not ours to speak for. */
const httpsOnly: RequestHandler = (req, res, next) => {
  if (req.secure) res.set('strict-transport-security', 'max-age=31536000');
  next();
};

// A compressor holds events back until its buffer is full.
const isCompressible: compression.CompressionFilter = (req, res) => {
  const type = String(res.getHeader('content-type') ?? '');
  if (type.startsWith('text/event-stream')) return false;
  return type.startsWith('application/vnd.apache.arrow') || compression.filter(req, res);
};
