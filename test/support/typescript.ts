import { join } from 'node:path';

/** What has Node run TypeScript: `node -r REGISTER file.ts`. */
export const REGISTER = join(__dirname, '../../framework/typescript.js');
