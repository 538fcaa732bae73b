import { h } from './dom.js';
import { link } from './router.js';

/** Links to the next page of a list and back to its start; Back in the browser leads a page back. */
export function pager(path, query, nextCursor) {
  const { cursor, ...rest } = query;
  if (!cursor && !nextCursor) return null;
  return h(
    'nav',
    { class: 'pager', 'aria-label': 'Pages' },
    cursor ? h('a', { class: 'button', href: link(path, rest) }, 'First page') : null,
    nextCursor ? h('a', { class: 'button', href: link(path, { ...rest, cursor: nextCursor }) }, 'Next page') : null,
  );
}
