/** An object of unknown shape: what JSON.parse gives, before it is looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a text holds; null for any other JSON and for text that is none. */
export function parseObject(text: string): JsonObject | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return isRecord(value) ? value : null;
}

/** True for an object that is no array. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Labels from an object of strings; null where it is none. */
export function labelsOf(value: unknown): Map<string, string> | null {
  if (!isRecord(value)) return null;
  const labels = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return null;
    labels.set(name, text);
  }
  return labels;
}
