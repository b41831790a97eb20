/** A pattern repeats where its autocorrelation comes back to this after having fallen under DIP. */
const PEAK = 0.5;
const DIP = 0.25;
/** A period is believed after this many repetitions. */
const REPETITIONS = 4;
/** Points looked at: longer series are averaged down, which keeps the cost bounded. */
const POINTS = 256;

/** The period of a repeating pattern, in samples; null where there is none. NaN counts as the mean. O(256²) at most. */
export function periodOfPattern(series: Float64Array): number | null {
  const thin = Math.max(1, Math.ceil(series.length / POINTS));
  const values = thinned(series, thin);
  const n = values.length;
  let square = 0;
  for (const value of values) square += value * value;
  if (n < 2 * REPETITIONS || !(square > 0)) return null;
  let dipped = false;
  let best: { lag: number; r: number } | null = null;
  for (let lag = 1; lag <= Math.floor(n / REPETITIONS); lag += 1) {
    let sum = 0;
    for (let i = lag; i < n; i += 1) sum += (values[i] ?? Number.NaN) * (values[i - lag] ?? Number.NaN);
    const r = sum / (n - lag) / (square / n);
    if (r < DIP) {
      if (best !== null) break;
      dipped = true;
    } else if (dipped && r >= PEAK && (best === null || r > best.r)) best = { lag, r };
  }
  return best === null ? null : best.lag * thin;
}

function thinned(series: Float64Array, thin: number): Float64Array {
  const out = new Float64Array(Math.floor(series.length / thin));
  let total = 0;
  let count = 0;
  for (const value of series) {
    if (Number.isNaN(value)) continue;
    total += value;
    count += 1;
  }
  const mean = total / count;
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0;
    for (let k = 0; k < thin; k += 1) {
      const value = series[i * thin + k] ?? Number.NaN;
      sum += Number.isNaN(value) ? 0 : value - mean;
    }
    out[i] = sum / thin;
  }
  return out;
}
