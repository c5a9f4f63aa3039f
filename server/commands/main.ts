import { commands } from './list.ts';
import { runProcess } from './run-process.ts';

await runProcess(commands);
