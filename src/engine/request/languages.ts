import type { Language } from './language.ts';
import { english } from './languages/english.ts';

/** Every language that requests are read in. */
export const languages: readonly [Language, ...Language[]] = [english];
