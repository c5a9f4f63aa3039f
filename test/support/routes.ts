import type { Express, RequestHandler } from 'express';

/** A route of an application, with what handles it in order. */
export interface KnownRoute {
  method: string;
  path: string;
  handlers: RequestHandler[];
}

/** What Express keeps of a router; its types do not say. */
interface Layer {
  name: string;
  route?: { path: string; stack: { method: string; handle: RequestHandler }[] };
  handle?: { stack?: Layer[] };
}

/** Every route of an application and of the routers it uses. */
export function routesOf(app: Express): KnownRoute[] {
  return layersOf(app).flatMap(({ route }) => {
    if (!route) return [];
    const methods = [...new Set(route.stack.map(({ method }) => method))];
    return methods.map((method) => ({
      method: method.toUpperCase(),
      path: route.path,
      handlers: route.stack.filter((each) => each.method === method).map(({ handle }) => handle),
    }));
  });
}

/** An address of the route: what it takes from its path is `1`, or what `values` has for it. */
export function targetOf({ path }: Pick<KnownRoute, 'path'>, values: Record<string, string> = {}): string {
  return path.replace('{*screen}', 'cases').replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? '1'));
}

/** Whether a route is for changes, or for questions that are sent like them. */
export function isWriting({ method }: Pick<KnownRoute, 'method'>): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** The names of everything else that handles requests, each once: it answers for itself whom it lets through. */
export function middlewareOf(app: Express): string[] {
  return [...new Set(layersOf(app).flatMap(({ route, handle, name }) => (route || handle?.stack ? [] : [name])))];
}

function layersOf(app: Express): Layer[] {
  const walk = (stack: Layer[]): Layer[] => stack.flatMap((layer) => [layer, ...(layer.handle?.stack ? walk(layer.handle.stack) : [])]);
  return walk((app.router as unknown as { stack: Layer[] }).stack);
}
