// node bundle.ts FOLDER: the console's files, made for production.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

await build({
  root: fileURLToPath(new URL('app', import.meta.url)),
  base: '/console/',
  configFile: false,
  envDir: false,
  logLevel: 'error',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: process.argv[2]!,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_000,
  },
});
