#!/usr/bin/env node
// The launcher of the command line: loads TypeScript through tsx, then hands over.
import { register as registerHooks } from 'node:module';
import { register } from 'tsx/esm/api';

register();
registerHooks('./end-compiler.mjs', import.meta.url);
await import('../server/commands/main.ts');
