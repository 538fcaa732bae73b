import { badge, h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { textField } from './fields.js';
import { createForm } from './form.js';
import { link } from './router.js';
import { pager } from './pages.js';

export async function groupsView({ account, query, signal, go }) {
  const path = ['accounts', account, 'groups'];
  const { data } = await request('GET', path, { query, signal });
  return {
    title: 'Groups',
    content: [
      heading('Groups'),
      data.items.length
        ? table(
            'User groups of this account',
            ['Group', 'Identifier', 'Managed by', 'Follows'],
            data.items.map((group) => [
              h('a', { href: link([...path, group.id]) }, group.name),
              h('code', {}, group.identifier),
              managerOf(group),
              group.link ? `“${group.link.samlGroup}” of an IdP` : null,
            ]),
          )
        : h(
            'p',
            { class: 'empty' },
            query.cursor ? 'No more groups.' : 'No group yet. Roles are given to groups; people are put into them by hand, at sign-in, or over SCIM.',
          ),
      pager(path, query, data.nextCursor),
      section('Make a group', createView(path, go).element),
    ],
  };
}

/** Words, not colour alone. */
export const managerOf = ({ managedBy }) => (managedBy === 'scim' ? badge('good', 'SCIM') : badge('off', 'Here'));

function createView(path, go) {
  const name = textField({
    name: 'name',
    label: 'Name',
    attributes: { required: true, maxlength: 256 },
    hint: 'Its identifier is made of it, and stays when the name changes.',
  });
  const form = createForm({
    fields: [name],
    submitLabel: 'Make the group',
    busyLabel: 'Making…',
    async submit() {
      const { data } = await request('POST', path, { body: { name: name.read().trim() } });
      go([...path, data.id], { text: `The group “${data.name}” is made. Next: give it a role, and put people into it.` });
    },
  });
  form.place(name.element);
  return form;
}
