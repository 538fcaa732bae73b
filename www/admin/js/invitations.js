import { h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { copyField } from './copy.js';
import { selectField, textField } from './fields.js';
import { createForm } from './form.js';
import { time } from './format.js';
import { pager } from './pages.js';
import { troubleOf } from './trouble.js';

export async function invitationsView(context) {
  const { account, query, signal, reload, announce } = context;
  const path = ['accounts', account, 'invitations'];
  const [{ data }, { data: groups }] = await Promise.all([
    request('GET', path, { query, signal }),
    request('GET', ['accounts', account, 'groups'], { query: { limit: 200 }, signal }),
  ]);
  const nameOf = (id) => groups.items.find((group) => group.id === id)?.name ?? id;
  const trouble = troubleOf('invitation', reload);
  const withdraw = (invitation) =>
    trouble.attempt(async () => {
      await request('DELETE', [...path, invitation.id], { etag: `"${invitation.version}"` });
      await reload();
      announce(`The invitation of ${invitation.email} is withdrawn.`);
    });
  const { form, made } = inviteView(context, path, groups.items);
  return {
    title: 'Invitations',
    content: [
      heading('Invitations'),
      h('p', { class: 'explain' }, 'Who is invited may sign in with that e-mail address, whatever the JIT rules say. The link is good for seven days, and once.'),
      trouble.element,
      made,
      data.items.length
        ? table(
            'Who is invited and has not come yet',
            ['E-mail', 'Groups to join', 'Good until', 'Withdraw'],
            data.items.map((invitation) => [
              invitation.email,
              invitation.groups.map(nameOf),
              time(invitation.expiresAt),
              h('button', { type: 'button', click: () => withdraw(invitation) }, 'Withdraw', h('span', { class: 'unseen' }, ` the invitation of ${invitation.email}`)),
            ]),
          )
        : h('p', { class: 'empty' }, 'Nobody is invited.'),
      pager(path, query, data.nextCursor),
      section('Invite somebody', form.element),
    ],
  };
}

function inviteView({ whisper }, path, groups) {
  const made = h('div');
  const email = textField({ name: 'email', label: 'E-mail', attributes: { required: true, autocapitalize: 'none' } });
  const native = groups.filter(({ managedBy }) => managedBy === 'native');
  const group = selectField({
    name: 'groups',
    pointer: '/groups/0',
    label: 'Group to join',
    value: '',
    options: [['', 'None'], ...native.map(({ id, name }) => [id, name])],
  });
  const form = createForm({
    fields: [email, group],
    submitLabel: 'Invite',
    busyLabel: 'Inviting…',
    async submit() {
      const groupId = group.read();
      const { data } = await request('POST', path, { body: { email: email.read().trim(), groups: groupId ? [groupId] : [] } });
      form.saved();
      email.write('');
      const field = copyField({ label: `Link for ${data.email}`, value: data.link, hint: 'It is shown this once: send it to them.' }, whisper);
      made.replaceChildren(h('div', { class: 'notice', role: 'status' }, h('p', {}, `${data.email} is invited${data.mailed ? ', and the link was mailed to them' : ''}.`), field));
      field.querySelector('input').focus();
    },
  });
  form.place(email.element, group.element);
  return { form, made };
}
