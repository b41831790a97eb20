/** A parsed config.json, of which nothing is trusted. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of some keys that holds a positive finite number. */
export function positive(config: Json, ...keys: readonly string[]): number | undefined {
  return numbers(config, keys).find((value) => value > 0);
}

/** The first of some keys that holds a finite number, zero and negatives included. */
export function number(config: Json, ...keys: readonly string[]): number | undefined {
  return numbers(config, keys)[0];
}

function numbers(config: Json, keys: readonly string[]): number[] {
  return keys.map((key) => config[key]).filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
}

/** A boolean at a key, or undefined. */
export function flag(config: Json, key: string): boolean | undefined {
  const value = config[key];
  return typeof value === 'boolean' ? value : undefined;
}

/** A string at a key, or undefined. */
export function text(config: Json, key: string): string | undefined {
  const value = config[key];
  return typeof value === 'string' ? value : undefined;
}

/** An array at a key, empty when there is none. */
export function list(config: Json, key: string): readonly unknown[] {
  const value = config[key];
  return Array.isArray(value) ? value : [];
}
