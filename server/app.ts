import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { defaultServer } from '../etl/config-server.ts';
import { createAsking } from './asking.ts';
import { requireSession, sameOrigin } from './auth/guard.ts';
import type { AppDeps } from './deps.ts';
import { answerErrors, nothingHere } from './errors.ts';
import { evidenceFolder } from '../etl/evidence-files.ts';
import { createOneByOne } from './one-by-one.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { auditRoutes } from './routes/audit.ts';
import { baselineRoutes } from './routes/baselines.ts';
import { casePickRoutes } from './routes/case-picks.ts';
import { caseAttributionRoutes } from './routes/case-attribution.ts';
import { caseRoutes } from './routes/cases.ts';
import { dataRoutes } from './routes/data.ts';
import { entryRoutes } from './routes/entries.ts';
import { customerRoutes } from './routes/customers.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { findingRoutes } from './routes/findings.ts';
import { followUpRoutes } from './routes/follow-ups.ts';
import { facetRoutes } from './routes/facets.ts';
import { handlingRoutes } from './routes/handling.ts';
import { healthRoutes } from './routes/health.ts';
import { labelChangeRoutes } from './routes/label-changes.ts';
import { linkRoutes } from './routes/links.ts';
import { liveRoutes } from './routes/live.ts';
import { metaRoutes } from './routes/meta.ts';
import { openIdRoutes } from './routes/openid.ts';
import { queryRoutes } from './routes/query.ts';
import { peopleRoutes } from './routes/people.ts';
import { pageRoutes } from './routes/pages.ts';
import { pushRoutes } from './routes/push.ts';
import { rejectedRoutes } from './routes/rejected.ts';
import { savedViewRoutes } from './routes/saved-views.ts';
import { definitionRoutes } from './routes/definitions.ts';
import { digestIssueRoutes } from './routes/digest-issues.ts';
import { digestRoutes } from './routes/digests.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { sourceRoutes } from './routes/sources.ts';
import { surveyRoutes } from './routes/surveys.ts';
import { surveyPageRoutes } from './routes/survey-page.ts';
import { unsubscribeRoutes } from './routes/unsubscribe.ts';
import { workRoutes } from './routes/work.ts';
import { whoAnswersRoutes } from './routes/who-answers.ts';
import { limitWrites } from './write-limit.ts';

/** The application over an open store; it does not listen. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  // Only they may say that the browser came by https, and from where.
  app.set('trust proxy', [...(deps.server?.trustProxy ?? defaultServer.trustProxy)]);
  app.set('query parser', 'simple');
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy }, strictTransportSecurity: false }));
  app.use(httpsOnly);
  app.use(compression({ filter: isCompressible }));
  // A mail program's page has no origin, and whoever has the link in a mail may follow it from anywhere.
  app.use(unsubscribeRoutes(deps));
  app.use(surveyPageRoutes(deps));
  app.use(sameOrigin);
  app.use(requireSession(deps));
  app.use(limitWrites(deps));

  // Figures and cases are for one person only.
  app.use('/api', (_req, res, next) => {
    res.set('cache-control', 'private, no-cache');
    next();
  });
  app.use(healthRoutes(deps));
  app.use(signInRoutes(deps));
  app.use(openIdRoutes(deps));
  const ask = createAsking(deps);
  app.use(metaRoutes(deps, ask));
  app.use(definitionRoutes(ask));
  app.use(queryRoutes(deps, ask));
  app.use(findingRoutes(ask));
  app.use(facetRoutes(ask));
  app.use(savedViewRoutes(deps));
  app.use(annotationRoutes(deps, ask));
  app.use(baselineRoutes(deps));
  app.use(caseRoutes(deps, ask));
  app.use(casePickRoutes(ask));
  app.use(caseAttributionRoutes(deps, ask));
  app.use(entryRoutes(deps));
  app.use(handlingRoutes(deps, ask));
  app.use(erasureRoutes(deps));
  app.use(customerRoutes(deps, ask));
  app.use(workRoutes(deps, ask));
  app.use(surveyRoutes(deps, ask));
  app.use(evidenceRoutes({ ...deps, folder: evidenceFolder(deps.configFile.dataDir) }, ask));
  app.use(linkRoutes(deps, ask));
  app.use(followUpRoutes(deps, ask));
  const oneByOne = createOneByOne();
  app.use(digestRoutes(deps, oneByOne));
  app.use(digestIssueRoutes(deps, oneByOne));
  app.use(whoAnswersRoutes(ask));
  app.use(liveRoutes(deps));
  app.use(dataRoutes(deps));
  app.use(rejectedRoutes(deps));
  app.use(labelChangeRoutes(deps));
  app.use(sourceRoutes(deps));
  app.use(pushRoutes(deps));
  app.use(peopleRoutes(deps));
  app.use(auditRoutes(deps));
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
