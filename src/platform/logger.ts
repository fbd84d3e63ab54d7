/** The log: JSON Lines in the profile, for its owner alone. Secrets are taken out of fields and of raw XML before a line is written. */
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import type { Logger } from '#app/ports.ts';

const SECRET_KEYS = /^(?:password|passwd|pw|secret|token|authorization|initialresponse|key)$/i;
/** SASL exchanges (RFC 6120, SASL2), in-band registration's and rooms' passwords, FAST tokens. */
const SECRET_ELEMENTS =
  /<((?:\w+:)?(?:auth|response|challenge|success|password|initial-response|additional-data|token))\b([^>]*?)(?:\/>|>[\s\S]*?<\/\1\s*>)/g;
/** A log larger than this at the start is set aside as `.old`, bytes. */
const MAX_SIZE = 5 * 1024 * 1024;
const MAX_DEPTH = 6;

/** Takes the content of secret-bearing elements, and secret attributes, out of raw XML. */
export function redactXml(xml: string): string {
  return xml
    .replace(SECRET_ELEMENTS, (_match, name: string) => `<${name}>[removed]</${name}>`)
    .replace(/\b(token|password)=("[^"]*"|'[^']*')/gi, '$1="[removed]"');
}

/** A copy of `value` without secrets: by field name, and within strings that look like XML. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.includes('<') || value.includes('=') ? redactXml(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) {
    return {
      name: value.name,
      message: redact(value.message),
      stack: redact(value.stack),
      cause: redact(value.cause, depth + 1),
    };
  }
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET_KEYS.test(key) ? '[removed]' : redact(item, depth + 1)]),
  );
}

/** Opens the log file (mode 0600). Throws Node's errors when it can't be written. */
export function createFileLogger(
  file: string,
  level: 'debug' | 'info' | 'warn' | 'error' = 'info',
): Logger & { flush(): void } {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  if (statSync(file).size > MAX_SIZE) {
    renameSync(file, `${file}.old`);
    closeSync(openSync(file, 'a', 0o600));
  }
  chmodSync(file, 0o600);
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
  // A full disk must not end the app because of its log.
  destination.on('error', () => undefined);
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (log.isLevelEnabled(name)) log[name](redact(fields), String(redact(message)));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    flush: () => destination.flushSync(),
  };
}

/** Drops everything: for tests and one-shot commands. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
