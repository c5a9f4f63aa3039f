import { fileURLToPath } from 'node:url';

/** Folder of the project, with a closing slash. */
export const projectDir = fileURLToPath(new URL('../', import.meta.url));
