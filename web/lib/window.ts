/** Lists up to this long are drawn whole: they can then be printed and searched in. */
const WHOLE = 60;

/** Which rows of a long list are drawn: those in sight and `margin` rows around them. `above` is how many pixels of the list lie above the view. */
export function windowOf({ count, rowHeight, above, view, margin = 8 }: { count: number; rowHeight: number; above: number; view: number; margin?: number }): {
  start: number;
  end: number;
} {
  if (count <= WHOLE) return { start: 0, end: count };
  const first = Math.floor(above / rowHeight) - margin;
  const last = Math.ceil((above + view) / rowHeight) + margin;
  const start = Math.min(Math.max(0, first), count);
  return { start, end: Math.min(count, Math.max(start, last)) };
}
