import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { colour, series, type ColourName, type Theme } from '../../../queries/model/colours.ts';

const palette = suite('colours');

function linear(hex: string): [number, number, number] {
  const of = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [of(1), of(3), of(5)];
}

/** Relative luminance (WCAG 2). */
function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Hue in degrees of OKLCH (Ottosson 2020). */
function hue(hex: string): number {
  const [r, g, b] = linear(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const across = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const up = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return (Math.atan2(up, across) * 180) / Math.PI;
}

/** Lightness from 0 to 1 as seen in grey print. */
const grey = (hex: string) => Math.cbrt(luminance(hex));

for (const theme of ['light', 'dark'] as const) {
  const of = (name: ColourName, in_: Theme = theme) => colour(name, in_);

  palette(`keeps text readable and marks visible, ${theme}`, () => {
    for (const ground of ['paper', 'raised'] as const) {
      for (const text of ['ink', 'ink-2', 'accent', 'improvement', 'concern'] as const)
        assert.ok(contrast(of(text), of(ground)) >= 4.5, text);
      // The first five are named in their own colour.
      series.forEach((name, i) => assert.ok(contrast(of(name), of(ground)) >= (i < 5 ? 4.5 : 3), name));
    }
  });

  palette(`gives no series the hue of concern, ${theme}`, () => {
    for (const name of series) {
      const apart = Math.abs(((hue(of(name)) - hue(of('concern')) + 540) % 360) - 180);
      assert.ok(apart > 25, `${name} is ${apart.toFixed(0)} degrees from concern`);
    }
  });

  palette(`tells the first five series apart in grey, ${theme}`, () => {
    const lightness = series
      .slice(0, 5)
      .map((name) => grey(of(name)))
      .sort((a, b) => a - b);
    lightness.slice(1).forEach((value, i) => assert.ok(value - (lightness[i] ?? 0) > 0.05, `${value} beside ${lightness[i]}`));
  });
}

palette.run();
