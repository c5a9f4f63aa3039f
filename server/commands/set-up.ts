import { fillDemo } from './fill-demo.ts';
import { build } from './build.ts';
import { runProcess } from './run-process.ts';

// The steps of the set-up that `start` has done in processes of their own; `npm run build` is the first.
await runProcess([build, fillDemo]);
