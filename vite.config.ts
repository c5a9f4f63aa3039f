import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { colours } from './queries/model/colours.ts';

const id = 'virtual:colours.css';

/** Prints the one palette as custom properties, so that no colour is written twice. */
function palette(): Plugin {
  return {
    name: 'silverlining-palette',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => {
      if (source !== `\0${id}`) return;
      const lines = Object.entries(colours).map(
        ([name, { light, dark }]) => `  --${name.replaceAll('_', '-')}: light-dark(${light}, ${dark});`,
      );
      return `:root {\n  color-scheme: light dark;\n${lines.join('\n')}\n}\n`;
    },
  };
}

// Vega registers all its transforms on import; none of our charts uses these, and they are 30 kB of the first visit.
const unusedTransforms = ['force', 'hierarchy', 'wordcloud', 'voronoi', 'crossfilter', 'regression', 'label'];

/** Leaves the transforms no chart of ours uses out of the bundle. */
function withoutUnusedTransforms(): Plugin {
  const names = new Set(unusedTransforms.map((name) => `vega-${name}`));
  return {
    name: 'silverlining-vega',
    enforce: 'pre',
    apply: 'build',
    resolveId: (source) => (names.has(source) ? '\0vega-unused' : undefined),
    load: (source) => (source === '\0vega-unused' ? 'export {};' : undefined),
  };
}

export default defineConfig({
  root: 'client',
  plugins: [svelte(), palette(), withoutUnusedTransforms()],
  // Found late, these would reload the page of the first visit while developing.
  optimizeDeps: { include: ['vega', 'vega-lite', 'vega-embed', 'vega-interpreter', 'apache-arrow'] },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // The chart chunk is Vega itself: one lazy file that cannot usefully be split further.
    chunkSizeWarningLimit: 1000,
    assetsInlineLimit: 0,
  },
});
