import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Sallyport's own version, from the package it is part of. */
export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version;
