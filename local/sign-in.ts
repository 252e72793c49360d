import type { Local } from './start-local.ts';

/** Says where the page of a stack with a gateway is, with a link that signs in once; or that there is none. */
export async function signInLines({
  environment,
  hasPage,
}: Pick<Local, 'environment' | 'hasPage'>): Promise<string> {
  if (!hasPage) {
    return 'There is no page, as it could not be built: the reason stands above. Run npm run build, and start this again.';
  }
  const [{ createServiceConnections }, { signInLink }, { parseTenant }] = await Promise.all([
    import('../client/service-connections.ts'),
    import('../client/keys/sign-in-link.ts'),
    import('../client/config.ts'),
  ]);
  // The part in the middle is no secret.
  const [, keyId = ''] = (environment['HANSARD_KEY'] ?? '').split('_');
  const services = createServiceConnections(environment);
  try {
    const key = { tenant: parseTenant(environment), keyId };
    const { url } = await signInLink(services.sessions, environment, key);
    return [
      `Sign in: ${url}`,
      `It works once, within 10 minutes. Another one: npm run -s hansard -- keys link ${keyId}`,
    ].join('\n');
  } finally {
    await services.close();
  }
}
