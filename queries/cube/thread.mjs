// Plain JavaScript, since threads do not inherit the loader that compiles TypeScript.
import { register as registerHooks } from 'node:module';
import { register } from 'tsx/esm/api';

register();
registerHooks('../../bin/end-compiler.mjs', import.meta.url);
await import('./thread.ts');
