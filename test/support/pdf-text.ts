import { inflateSync } from 'node:zlib';

/** What a PDF of pdfkit says: its text in the order it was written, a line a run, and its pages; read by what its fonts say their glyphs stand for. */
export function readPdf(file: Buffer): { text: string; pages: number } {
  const raw = file.toString('latin1');
  const objects = new Map<string, string>();
  for (const [, id = '', body = ''] of raw.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) objects.set(id, body);
  const streamOf = (id: string): string => {
    const [, body = ''] = /\nstream\n([\s\S]*)\nendstream/.exec(objects.get(id) ?? '') ?? [];
    return inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
  };
  const page = [...objects.values()].filter((body) => /\/Type \/Page\b(?!s)/.test(body));
  const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page[0] ?? '')?.[1] ?? '') ?? '';
  const fonts = new Map<string, Map<string, string>>();
  for (const [, name = '', id = ''] of (/\/Font <<([\s\S]*?)>>/.exec(resources)?.[1] ?? '').matchAll(/\/(\w+) (\d+) 0 R/g))
    fonts.set(name, glyphsOf(streamOf(/\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1] ?? '')));
  const lines: string[] = [];
  let glyphs = new Map<string, string>();
  const content = streamOf(/\/Contents (\d+) 0 R/.exec(page[0] ?? '')?.[1] ?? '');
  for (const [, font, words, letter] of content.matchAll(/\/(F\w+) [\d.]+ Tf|\[([^\]]*)\] TJ|(<[0-9a-f]*>) Tj/g)) {
    const run = words ?? letter;
    if (font) glyphs = fonts.get(font) ?? new Map<string, string>();
    const codes = [...(run ?? '').matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
    if (run) lines.push(codes.map((code) => glyphs.get(code) ?? '\ufffd').join(''));
  }
  return { text: lines.join('\n'), pages: page.length };
}

/** What the glyphs of a font stand for, by the code they are written with. */
function glyphsOf(map: string): Map<string, string> {
  const glyphs = new Map<string, string>();
  const ranges = map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g);
  for (const [, from = '0', texts = ''] of ranges)
    [...texts.matchAll(/<([0-9a-f ]*)>/g)].forEach(([, hex = ''], i) => {
      const units = hex.replaceAll(' ', '').match(/.{4}/g) ?? [];
      const code = (Number.parseInt(from, 16) + i).toString(16).padStart(4, '0');
      glyphs.set(code, String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))));
    });
  return glyphs;
}
