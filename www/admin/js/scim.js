import { h, heading, section, table } from './dom.js';
import { request, serviceProvider } from './api.js';
import { copyField } from './copy.js';
import { confirmed } from './dialog.js';
import { checkField, textField } from './fields.js';
import { createForm } from './form.js';
import { time } from './format.js';
import { link } from './router.js';
import { pager } from './pages.js';
import { troubleOf } from './trouble.js';

/** What an identity provider needs to push users and groups: the base URL, and a token. */
export async function scimView(context) {
  const { account, query, signal, whisper } = context;
  const path = ['accounts', account, 'api-keys'];
  const [{ data }, sp, { data: settings, etag }] = await Promise.all([
    request('GET', path, { query, signal }),
    serviceProvider(account),
    request('GET', ['accounts', account], { signal }),
  ]);
  const { form, made } = makeToken(context);
  return {
    title: 'SCIM and API keys',
    content: [
      heading('SCIM and API keys'),
      section(
        'What to copy into your identity provider',
        h('p', { class: 'explain' }, 'The base URL (Okta: SCIM connector base URL; Entra ID: Tenant URL), and a token that is made below. The unique identifier of users is userName.'),
        h('div', { class: 'copies' }, copyField({ label: 'SCIM base URL', value: scimBase(account, sp) }, whisper)),
      ),
      section('Make a token for an identity provider', made, form.element),
      section('Users who came just in time', adoption(context, settings, etag).element),
      section(
        'API keys',
        data.items.length
          ? table(
              'Each can do what its owner can',
              ['API key', 'Owner', 'Made'],
              data.items.map((key) => [
                h('a', { href: link([...path, key.id]) }, key.name || key.id),
                key.owner.type === 'user' ? h('a', { href: link(['accounts', account, 'users', key.owner.id]) }, 'A user') : 'A service account',
                time(key.createdAt),
              ]),
            )
          : h('p', { class: 'empty' }, 'There is none yet.'),
        pager(['accounts', account, 'scim'], query, data.nextCursor),
      ),
    ],
  };
}

/** Beside the ACS, which knows under which origin and path the installation is seen. */
function scimBase(account, sp) {
  const below = sp?.acsUrl.match(/^(.*?)\/(?:gateway\/|saml\/)/)?.[1] ?? new URL('../..', import.meta.url).href.replace(/\/$/, '');
  return `${below}/gateway/ng/api/scim/account/${account}`;
}

function adoption({ account, reload, announce }, { adoptJitUsers }, etag) {
  const adopt = checkField({
    name: 'adoptJitUsers',
    label: 'SCIM takes them over when it pushes them',
    value: adoptJitUsers,
    hint: 'They keep groups and sessions, and are changed over SCIM from then on. Otherwise SCIM is told to choose one way for a person.',
  });
  const form = createForm({
    fields: [adopt],
    submitLabel: 'Save',
    async submit() {
      await request('PATCH', ['accounts', account], { etag, body: { adoptJitUsers: adopt.read() } });
      form.saved();
      await reload();
      announce('Saved.');
    },
  });
  form.place(adopt.element);
  return form;
}

function makeToken({ account, whisper }) {
  const made = h('div');
  const name = textField({ name: 'name', label: 'Name', hint: 'Such as the name of the identity provider.', attributes: { required: true, maxlength: 100 } });
  const days = textField({
    name: 'expiresAt',
    label: 'Good for (days)',
    type: 'number',
    value: '365',
    hint: 'Leave it empty for no end.',
    attributes: { min: 1, step: 1, inputmode: 'numeric' },
  });
  // What was made before a later step failed is not made twice.
  let owner;
  let key;
  const form = createForm({
    fields: [name, days],
    submitLabel: 'Make a token',
    busyLabel: 'Making…',
    async submit() {
      const of = (noun) => ['accounts', account, noun];
      const wanted = name.read().trim();
      const expiresAt = days.read().trim() ? endAfter(Number(days.read())) : null;
      if (owner?.name !== wanted) {
        owner = (await request('POST', of('service-accounts'), { body: { name: wanted, roles: ['Provisioner'] } })).data;
        key = null;
      }
      key ??= (await request('POST', of('api-keys'), { body: { name: wanted, owner: { type: 'serviceAccount', id: owner.id } } })).data;
      const { data } = await request('POST', [...of('api-keys'), key.id, 'tokens'], { body: { name: wanted, expiresAt } });
      owner = key = null;
      form.saved();
      const field = copyField({ label: `Token of ${wanted}`, value: data.token, hint: 'It is shown this once. It can push users and groups, and nothing else.' }, whisper);
      made.replaceChildren(h('div', { class: 'notice', role: 'status' }, field));
      field.querySelector('input').focus();
    },
  });
  form.place(name.element, days.element);
  return { form, made };
}

/** Text that the API refuses with its own words where the number is none. */
function endAfter(days) {
  const end = new Date(Date.now() + days * 86_400_000);
  return days > 0 && !Number.isNaN(end.getTime()) ? end.toISOString() : 'in no days';
}

export async function apiKeyView({ account, id, query, signal, go, reload, announce }) {
  const path = ['accounts', account, 'api-keys', id];
  const [{ data: key, etag }, { data: tokens }] = await Promise.all([
    request('GET', path, { signal }),
    request('GET', [...path, 'tokens'], { query, signal }),
  ]);
  const name = key.name || key.id;
  const trouble = troubleOf('API key', reload);
  const revoke = (token) =>
    trouble.attempt(async () => {
      await request('DELETE', [...path, 'tokens', token.id]);
      await reload();
      announce(`The token “${token.name}” is revoked.`);
    });
  const remove = async () => {
    const sure = await confirmed({ title: `Delete the API key “${name}”?`, body: 'Its tokens are refused from now on. This cannot be undone.', action: `Delete “${name}”` });
    if (!sure) return removeButton.focus();
    await trouble.attempt(async () => {
      await request('DELETE', path, { etag });
      go(['accounts', account, 'scim'], { text: `API key “${name}” deleted.`, replace: true });
    });
  };
  const removeButton = h('button', { type: 'button', class: 'danger', click: remove }, 'Delete');
  return {
    title: name,
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(['accounts', account, 'scim']) }, 'SCIM and API keys')),
      heading(name, removeButton),
      trouble.element,
      tokens.items.length
        ? table(
            'Tokens of this API key',
            ['Token', 'Made', 'Good until', 'Revoke'],
            tokens.items.map((token) => [
              token.name,
              time(token.createdAt),
              token.expiresAt ? until(token.expiresAt) : 'No end',
              h('button', { type: 'button', click: () => revoke(token) }, 'Revoke', h('span', { class: 'unseen' }, ` ${token.name}`)),
            ]),
          )
        : h('p', { class: 'empty' }, 'It has no token.'),
      pager(path, query, tokens.nextCursor),
    ],
  };
}

const until = (value) => h('span', {}, time(value), new Date(value) <= Date.now() ? h('span', { class: 'bad' }, ' (expired)') : null);
