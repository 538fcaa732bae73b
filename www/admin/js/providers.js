import { badge, h, heading } from './dom.js';
import { request } from './api.js';
import { expiry, soonest } from './format.js';
import { kindOf } from './identity-providers.js';
import { link } from './router.js';
import { pager } from './pages.js';

export async function providersView({ account, query, signal }) {
  const path = ['accounts', account, 'providers'];
  const { data } = await request('GET', path, { query, signal });
  const add = h('a', { class: 'button main', href: link([...path, 'new']) }, 'Add a provider');
  return {
    title: 'Providers',
    content: [
      heading('Providers', add),
      data.items.length
        ? h(
            'ul',
            { class: 'cards' },
            data.items.map((provider) => card(path, provider)),
          )
        : h(
            'p',
            { class: 'empty' },
            'No identity provider yet. Add the first one: you need the metadata of your IdP’s SAML app, as a file or as text.',
          ),
      pager(path, query, data.nextCursor),
    ],
  };
}

function card(path, provider) {
  return h(
    'li',
    {},
    h('h2', {}, h('a', { href: link([...path, provider.id]) }, provider.name)),
    h('p', { class: 'badges' }, states(provider)),
    h(
      'dl',
      { class: 'line' },
      fact('IdP', kindOf(provider.kind).name),
      fact('Certificate', provider.certificates.length ? expiry(soonest(provider.certificates)) : '–'),
    ),
    warnings(provider),
  );
}

function fact(term, value) {
  return h('div', {}, h('dt', {}, term), h('dd', {}, value));
}

/** Words, not colour alone. */
export function states({ enabled, draft, jit }) {
  return [
    draft ? badge('off', 'Draft') : enabled ? badge('good', 'Enabled') : badge('off', 'Disabled'),
    ' ',
    jit.enabled ? badge('good', 'JIT on') : badge('off', 'JIT off'),
  ];
}

export function warnings({ warnings: list }) {
  if (!list?.length) return null;
  return h(
    'ul',
    { class: 'warnings', 'aria-label': 'Warnings' },
    list.map((text) => h('li', {}, text)),
  );
}
