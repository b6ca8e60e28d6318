import type { Generator } from './variant.ts';
import { injected } from './variant.ts';

/** V0: the attack as it is. */
export const verbatim: Generator = ({ steps }) => [{ form: 'verbatim', steps }];

/** V1: the attacker waits until the user's own work is done; what looks at the last few results alone has forgotten. */
export const delayed: Generator = (attack) => [
  {
    form: 'delayed',
    steps: [...attack.steps.filter(({ phase }) => phase === 'user'), ...injected(attack)],
  },
];
