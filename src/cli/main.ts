#!/usr/bin/env node
import { run } from './program.ts';

// Whoever reads us may stop reading, as `head` does: then there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), { out: process.stdout, err: process.stderr });
