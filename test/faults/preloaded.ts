/**
 * Files are loaded before a gateway's own by `NODE_OPTIONS`, so that its threads have them too. That reaches every Node
 * that it starts besides, such as the keepers of its servers: those are not meant.
 */
import { isMainThread } from 'node:worker_threads';

export const inGateway: boolean =
  !isMainThread || (process.argv[1] ?? '').endsWith('/src/cli/main.ts');
