import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SessionView } from '../../src/edges/console/views.ts';

const nobody: SessionView = {
  user: '',
  roles: [],
  operates: false,
  signedInAtMs: 0,
  expiresAtMs: 0,
};

export const Session = createContext<SessionView>(nobody);

export function useSession(): SessionView {
  return useContext(Session);
}
