// Restores as the command does, and is killed before the rename of that number, from 1.
// usage: node --import tsx restore-child.ts NUMBER FILE DATA-DIR
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [number, file = '', dataDir = ''] = process.argv.slice(2);
let count = 0;
const counted = <T extends unknown[], R>(rename: (...args: T) => R) => {
  return (...args: T): R => {
    count += 1;
    if (count === Number(number)) process.kill(process.pid, 'SIGKILL');
    return rename(...args);
  };
};
fs.renameSync = counted(fs.renameSync);
fs.promises.rename = counted(fs.promises.rename);
syncBuiltinESMExports();

const { restore } = await import('../../server/backup/restore.ts');
await restore({ file, dataDir, configPath: `${dataDir}.yaml`, replace: true, now: 1_800_000_000 });
