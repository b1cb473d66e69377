import { Html, html } from '../html.ts';

/** How a page looks: the system's own font and colours of both schemes, readable at any width. */
const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#15181d;--soft:#5a6370;--line:#d5dae1;--accent:#1b5fd0;--on:#fff;--warn:#8a4b00;--warnbg:#fff4e0}
@media(prefers-color-scheme:dark){:root{--bg:#0f1216;--card:#181c22;--text:#e8ebef;--soft:#a3adba;--line:#333b46;--accent:#7db0ff;--on:#0b1220;--warn:#ffcf87;--warnbg:#33260f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:8vh auto;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
h1{font-size:1.35rem;margin:0 0 1rem}
p,ul,dl{margin:0 0 1rem}
.soft{color:var(--soft);font-size:.92rem}
.warn{background:var(--warnbg);color:var(--warn);padding:.75rem;border-radius:8px}
dt{color:var(--soft);font-size:.85rem}dd{margin:0 0 .6rem;overflow-wrap:anywhere}
fieldset{border:1px solid var(--line);border-radius:8px;margin:0 0 1rem}
label{display:flex;gap:.6rem;align-items:flex-start;padding:.35rem 0}
button,.button{font:inherit;display:block;width:100%;margin:0 0 .6rem;padding:.7rem 1rem;border-radius:8px;border:1px solid var(--line);background:transparent;color:var(--text);cursor:pointer;text-align:left}
button.main{background:var(--accent);color:var(--on);border-color:var(--accent);text-align:center;font-weight:600}
button:disabled{opacity:.5;cursor:default}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
input[type=text]{font:inherit;width:100%;padding:.7rem;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text);margin-bottom:.8rem}
code{font-size:1.6rem;letter-spacing:.08em}
[role=alert]:empty{display:none}
`;

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Data for the page's script; a block that is never run. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Module in the assets folder. */
  readonly script?: string;
}

/** A whole page. Everything that runs or styles carries the nonce of this one answer. */
export function renderPage(page: Page, nonce: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title} – Wardmesh</title>
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body>
<main>
${page.body}
</main>
${page.data === undefined ? undefined : dataBlock(page.data)}
${page.script === undefined ? undefined : html`<script type="module" nonce="${nonce}" src="${page.script}"></script>`}
</body>
</html>
`.text;
}

/** JSON that cannot end the element it stands in. */
function dataBlock(data: Readonly<Record<string, unknown>>): Html {
  const text = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return html`<script type="application/json" id="data">${raw(text)}</script>`;
}

function raw(text: string): Html {
  return new Html(text);
}
