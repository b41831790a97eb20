import type { Theme } from './palette.ts';

export type ThemeChoice = 'auto' | Theme;

const KEY = 'headroom.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

let choice = $state<ThemeChoice>(stored());
let systemIsDark = $state(dark.matches);
dark.addEventListener('change', (event) => {
  systemIsDark = event.matches;
});

/** The theme that was chosen and the one in force: reactive. */
export const theme = {
  get choice() {
    return choice;
  },
  get now(): Theme {
    return choice === 'auto' ? (systemIsDark ? 'dark' : 'light') : choice;
  },
};

/** Chooses a theme and remembers it; public/theme.js reads it before the first paint. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  if (next === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    return; // storage is switched off: the choice lasts as long as the page
  }
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
