import { pino, type DestinationStream, type Logger } from 'pino';
import type { FastifyBaseLogger } from 'fastify';
import type { LogLevel } from '../settings/index.ts';

/** Structured logs on standard error, one JSON object per line; tokens and cookies never reach them. */
export function openLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['req.headers.authorization', 'req.headers.cookie', 'headers.authorization', 'headers.cookie', 'token', '*.token'],
        censor: '[redacted]',
      },
      serializers: {
        req: (request: { method?: string; url?: string; id?: unknown; ip?: string }) => ({
          id: request.id,
          method: request.method,
          url: withoutToken(request.url ?? ''),
          ip: request.ip,
        }),
      },
    },
    destination,
  );
}

/** A request's logger, made when something is logged: of most requests nothing is, and making it costs more than recognising who asks. */
export function lateChild<T extends FastifyBaseLogger>(logger: T, ...of: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
  let made: FastifyBaseLogger | undefined;
  const child = () => (made ??= logger.child(...of));
  return new Proxy<FastifyBaseLogger>(logger, {
    get: (parent, key): unknown => {
      const known: unknown = Reflect.get(parent, key);
      // Fastify looks whether a logger has all its functions: that is no reason yet.
      return typeof known === 'function' ? (...said: unknown[]): unknown => call(child(), key, said) : Reflect.get(child(), key);
    },
    set: (_, key, value) => Reflect.set(child(), key, value),
  });
}

function call(logger: FastifyBaseLogger, key: string | symbol, said: readonly unknown[]): unknown {
  const act: unknown = Reflect.get(logger, key);
  return typeof act === 'function' ? Reflect.apply(act, logger, said) : undefined;
}

/** An address fit for a log: the value of `token=` is left out. */
export function withoutToken(url: string): string {
  return url.replace(/([?&]token=)[^&#]*/g, '$1[redacted]');
}
