#!/usr/bin/env node
// The launcher of the command line: loads TypeScript through tsx, then hands over.
import { register } from 'tsx/esm/api';

register();
await import('../server/commands/main.ts');
