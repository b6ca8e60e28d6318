/**
 * The environment of a spawned server: what the policy names for it, and these few variables that programs need to find
 * themselves. Everything else that Sallyport was started with stays here, other upstreams' secrets above all.
 */
const inherited = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
] as const;

export function childEnvironment(
  own: NodeJS.ProcessEnv,
  named: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...named };
}
