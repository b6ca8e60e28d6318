import type { Finding } from '../../decision.ts';
import { deny, hold } from '../../findings.ts';
import { type Examined, everywhere, foundDetails, type Sighted } from './examined.ts';

/**
 * A credential in an argument goes wherever the call goes, and stays there. One that Sallyport itself holds was given to
 * no agent: whoever has it has got it around us, and no person is asked to let it pass.
 */
export function secrets(examined: Examined): readonly Finding[] {
  const { content, tool } = examined;
  const found = everywhere(examined, (scan) => scan.secrets ?? []);
  const told = content.secrets.in.has('arguments') ? found : found.filter(isHeld);
  if (told.length === 0) return [];
  const details = foundDetails('secrets', told);
  return content.secrets.response === 'deny' || told.some(isHeld)
    ? [deny('inputs', 'inputs.secret', details, tool.at)]
    : [hold('inputs', 'inputs.secret', details, tool.at, null)];
}

function isHeld({ sighting }: Sighted): boolean {
  return sighting.type === 'held';
}
