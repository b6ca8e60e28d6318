export type BusinessHours = 'open' | 'closed';
