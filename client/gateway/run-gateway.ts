import { parseDatabaseUrl } from '../../adapters/database/parse-database-url.ts';
import { parseS3Settings } from '../../adapters/object-store/parse-s3-settings.ts';
import { parseGatewayConfig, readEnvironment } from '../config.ts';
import { describeError } from '../describe-error.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

/**
 * Serves until SIGTERM or SIGINT, then answers what has begun and ends. Wrong settings end it at once; services that do
 * not answer do not: `/readyz` tells of them.
 */
export async function runGateway(): Promise<void> {
  try {
    const { env } = readEnvironment();
    const config = { ...parseGatewayConfig(env), trustedProxies: parseTrustedProxies(env) };
    // Missing or wrong ones are told now, not to the first client, and before much is loaded.
    parseDatabaseUrl(env);
    parseS3Settings(env);
    const { serveGateway } = await import('./serve-gateway.ts');
    await serveGateway(env, config);
    process.exit(0);
  } catch (error) {
    console.error(`hansard gateway: ${describeError(error)}`);
    process.exit(1);
  }
}
