import { h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { textField } from './fields.js';
import { createForm } from './form.js';
import { time } from './format.js';
import { link } from './router.js';
import { pager } from './pages.js';

/**
 * Where the page opens: with one account there is nothing to choose. It draws nothing itself: a view that is on screen
 * without its address would be left behind, with what is typed into it, by the next change of the address.
 */
export async function firstView({ signal, go }) {
  const { data } = await request('GET', ['accounts'], { query: { limit: 2 }, signal });
  const [only, ...others] = data.items;
  go(only && others.length === 0 ? ['accounts', only.id, 'providers'] : ['accounts'], { replace: true });
}

export async function accountsView({ query, signal, go }) {
  const { data } = await request('GET', ['accounts'], { query, signal });
  return {
    title: 'Accounts',
    content: [
      heading('Accounts'),
      data.items.length
        ? table(
            'Accounts of this installation',
            ['Account', 'Name', 'Created'],
            data.items.map((account) => [
              h('a', { href: link(['accounts', account.id, 'providers']) }, account.id),
              account.name,
              time(account.createdAt),
            ]),
          )
        : h(
            'p',
            { class: 'empty' },
            'There is no account yet. Create the first one here: an account is a tenant, with its own providers and users.',
          ),
      pager(['accounts'], query, data.nextCursor),
      section('Create an account', createView(go).element),
    ],
  };
}

function createView(go) {
  const id = textField({
    name: 'id',
    label: 'Account id',
    attributes: { maxlength: 64, required: true, autocapitalize: 'none' },
    hint: 'Letters, digits, “-” and “_”. It is part of the URLs that your IdP is given, and cannot be changed.',
  });
  const name = textField({ name: 'name', label: 'Name', attributes: { required: true } });
  const form = createForm({
    fields: [id, name],
    submitLabel: 'Create account',
    busyLabel: 'Creating…',
    async submit() {
      const { data } = await request('POST', ['accounts'], { body: { id: id.read().trim(), name: name.read().trim() } });
      go(['accounts', data.id, 'providers'], { text: `Account ${data.id} created. Next: add its first provider.` });
    },
  });
  form.place(id.element, name.element);
  return form;
}
