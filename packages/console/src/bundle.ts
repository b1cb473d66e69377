import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const APP = fileURLToPath(new URL('app', import.meta.url));
/** Where the gateway serves the files. */
const BASE = '/console/';

/** Bundles the app for production into `folder`: `index.html`, and files under `assets/` named after their content. */
export async function bundle(folder: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(APP, 'main.tsx')],
    outdir: join(folder, 'assets'),
    publicPath: `${BASE}assets`,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    // The bundler otherwise follows the surroundings.
    jsxDev: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.svg': 'file' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  const outputs = Object.keys(metafile.outputs).map((path) => basename(path));
  const named = (extension: string) => `${BASE}assets/${outputs.find((name) => name.endsWith(extension))!}`;
  copyFileSync(join(APP, 'icon.svg'), join(folder, 'assets', 'icon.svg'));
  const page = readFileSync(join(APP, 'index.html'), 'utf8')
    .replace('./icon.svg', `${BASE}assets/icon.svg`)
    .replace('./main.css', named('.css'))
    .replace('./main.tsx', named('.js'));
  writeFileSync(join(folder, 'index.html'), page);
}
