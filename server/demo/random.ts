/** A number in [0, 1) that depends on nothing but its arguments: the same seed gives the same demo, wherever sampling starts. */
export function hash01(seed: number, ...keys: readonly (number | string)[]): number {
  let state = seed >>> 0 || 1;
  for (const key of keys) {
    for (const code of typeof key === 'number' ? numberCodes(key) : Array.from(key, (char) => char.charCodeAt(0))) {
      state = Math.imul(state ^ code, 0x01000193) >>> 0;
    }
    state = mixed(state);
  }
  return mixed(state) / 2 ** 32;
}

/** Smooth noise in [−1, 1]: random values every `period` seconds, joined by a cosine. */
export function wander(seed: number, key: string, t: number, period: number): number {
  const cell = Math.floor(t / period);
  const part = (1 - Math.cos(Math.PI * (t / period - cell))) / 2;
  const before = hash01(seed, key, cell) * 2 - 1;
  const after = hash01(seed, key, cell + 1) * 2 - 1;
  return before + (after - before) * part;
}

/** White noise in [−1, 1] per sample. */
export function jitter(seed: number, key: string, t: number): number {
  return hash01(seed, key, Math.round(t * 10)) * 2 - 1;
}

function numberCodes(value: number): number[] {
  const whole = Math.floor(value);
  return [whole & 0xff, (whole >>> 8) & 0xff, (whole >>> 16) & 0xff, (whole / 2 ** 24) & 0xff, Math.round((value - whole) * 255)];
}

function mixed(value: number): number {
  let state = value >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b) >>> 0;
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) >>> 0;
  return (state ^ (state >>> 16)) >>> 0;
}
