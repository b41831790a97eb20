/** The SVG path of a sparkline of values 0–1, oldest first; a null is a gap, a value alone between gaps a dot. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  let path = '';
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    const x = (index * step).toFixed(1);
    const y = (1 + (1 - Math.min(1, Math.max(0, value))) * (height - 2)).toFixed(1);
    const alone = !pen && (values[index + 1] ?? null) === null;
    path += pen ? `L${x} ${y}` : alone ? `M${x} ${y}h0.01` : `M${x} ${y}`;
    pen = true;
  });
  return path;
}
