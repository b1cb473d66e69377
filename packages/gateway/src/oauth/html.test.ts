import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from './html.ts';
import { renderPage } from './pages/layout.ts';

describe('pages', () => {
  it('escape every value, in content and in attributes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]/);
        expect(html`<p title="${text}">${text}</p>`.text).toMatch(/^<p title="[^<>"]*">[^<>]*<\/p>$/);
      }),
    );
  });

  it('hold data that cannot end its element', () => {
    const page = renderPage(
      { title: 'x', body: html`<p></p>`, data: { a: '</script><script>alert(1)</script><!--' } },
      'n',
    );
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    const text = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.parse(text)).toEqual({ a: '</script><script>alert(1)</script><!--' });
  });
});
