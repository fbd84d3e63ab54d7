import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page: relative addresses, so that it opens from any origin and from a file; nothing inline, for the policy's sake. */
export default defineConfig({
  root: 'renderer',
  base: './',
  publicDir: false,
  plugins: [
    react(),
    {
      name: 'limn-product-only',
      generateBundle(_, bundle) {
        for (const chunk of Object.values(bundle)) {
          const stray =
            'modules' in chunk ? Object.keys(chunk.modules).find((id) => /\/test\/support\//.test(id)) : undefined;
          if (stray !== undefined) throw new Error(`The page would contain ${stray}, which belongs to the tests.`);
        }
      },
    },
  ],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
});
