/** One colour as sRGB hex per theme; charts, server pictures and mail cannot read anything newer. */
export interface Colour {
  light: string;
  dark: string;
}
export type Theme = 'light' | 'dark';

/**
 * The palette (LOOK), chosen in OKLCH. Text colours keep 4.5:1 on paper and raised, marks 3:1; improvement and concern are blue and orange,
 * never red and green; the series stay apart for the colour-blind and differ in lightness for grey print.
 */
export const colours = {
  paper: { light: '#faf9f6', dark: '#14171a' },
  raised: { light: '#ffffff', dark: '#1c2024' },
  sunken: { light: '#f1efea', dark: '#0f1214' },
  ink: { light: '#1b2126', dark: '#e9ecee' },
  'ink-2': { light: '#4d565e', dark: '#aab3ba' },
  'ink-3': { light: '#666f77', dark: '#8e989f' },
  hairline: { light: '#dedcd7', dark: '#30363b' },
  accent: { light: '#0b6273', dark: '#5cc0d3' },
  'accent-soft': { light: '#d9ebee', dark: '#183a42' },
  'on-accent': { light: '#ffffff', dark: '#0b1a1e' },
  improvement: { light: '#2166ac', dark: '#79b4ea' },
  'improvement-soft': { light: '#dbe8f5', dark: '#1b3349' },
  concern: { light: '#b04a00', dark: '#f0975a' },
  'concern-soft': { light: '#fae5d6', dark: '#46291a' },
  neutral: { light: '#7a8288', dark: '#8c959b' },
  'neutral-soft': { light: '#e7e8e8', dark: '#2b3035' },
  'series-1': { light: '#0b6273', dark: '#5cc0d3' },
  'series-2': { light: '#4d1985', dark: '#a783f9' },
  'series-3': { light: '#54460a', dark: '#fdee64' },
  'series-4': { light: '#56023b', dark: '#c76c8c' },
  'series-5': { light: '#3b7f29', dark: '#a2d597' },
  'series-6': { light: '#4660ae', dark: '#9191c3' },
  'series-7': { light: '#7a868f', dark: '#ccdae3' },
  focus: { light: '#0b6273', dark: '#5cc0d3' },
} as const satisfies Record<string, Colour>;
export type ColourName = keyof typeof colours;

/** The categorical series in order; beyond seven everything is neutral. */
export const series = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6', 'series-7'] as const satisfies ColourName[];

/** @returns sRGB hex */
export function colour(name: ColourName, theme: Theme): string {
  return colours[name][theme];
}
