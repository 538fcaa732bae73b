import { definitions, h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { copyFieldsOf } from './copy.js';
import { confirmed } from './dialog.js';
import { expiry, fingerprint, time } from './format.js';
import { kindOf } from './identity-providers.js';
import { link } from './router.js';
import { encryptions, formats } from './protocol-fields.js';
import { generations } from './people-fields.js';
import { states, warnings } from './providers.js';
import { troubleOf } from './trouble.js';

export async function providerView(context) {
  const { account, id, signal, whisper } = context;
  const path = ['accounts', account, 'providers', id];
  const { data: provider, etag } = await request('GET', path, { signal });
  const { toggle, refresh, remove, trouble } = actions(context, path, provider, etag);
  const kind = kindOf(provider.kind);
  return {
    title: provider.name,
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(path.slice(0, 3)) }, 'Providers')),
      heading(provider.name, h('a', { class: 'button', href: link([...path, 'edit']) }, 'Edit'), toggle, remove),
      h('p', { class: 'badges' }, states(provider)),
      trouble,
      warnings(provider),
      section(
        kind === kindOf('other') ? 'What to copy into your IdP' : `What to copy into ${kind.name}`,
        copyFieldsOf(provider.kind, provider.sp, whisper),
        notes(kind, provider),
      ),
      section(
        'Try it',
        h(
          'p',
          {},
          'Sign in as one of the people assigned to the app in your IdP. Each attempt is in the ',
          h('a', { href: link(['accounts', account, 'sign-ins']) }, 'sign-in log'),
          ', with the reason if it was refused.',
          provider.draft ? ' A draft signs nobody in: you are shown what came and what would be decided. Enabling it ends the draft.' : null,
        ),
        startLink(provider),
      ),
      section('Settings', settings(provider, kind)),
      section('JIT rules', rules(path, provider)),
      section('Metadata', metadata(provider), refresh),
      section('Signing certificates', certificates(provider.certificates)),
    ],
  };
}

function notes(kind, { jit }) {
  const list = [...kind.notes];
  if (jit.enabled && jit.validationKey) {
    list.push(
      `JIT validation looks for the attribute “${jit.validationKey}” with the value “${jit.validationValue}”. ${kind.attributes}`,
    );
  }
  return list.length
    ? h(
        'ul',
        { class: 'notes' },
        list.map((text) => h('li', {}, text)),
      )
    : null;
}

function startLink({ enabled, draft, sp }) {
  if (!enabled && !draft) return h('p', { class: 'muted' }, 'The provider is disabled: enable it first, or make it a draft to try it.');
  const [url, text] = draft ? [sp.testUrl, 'Try this draft'] : [sp.loginUrl, 'Sign in through this provider'];
  // Only a web address may become a link: the rest could be anything that runs.
  return /^https?:\/\//.test(url)
    ? h(
        'p',
        {},
        h(
          'a',
          { class: 'button', href: url, target: '_blank', rel: 'noopener' },
          text,
          h('span', { class: 'unseen' }, ' (opens a new tab)'),
        ),
      )
    : null;
}

function settings(provider, kind) {
  const { jit } = provider;
  return definitions([
    ['IdP', kind.name],
    ['IdP entity ID', provider.entityId],
    ['IdP sign-on URL', provider.ssoUrl],
    ['Binding', provider.ssoBinding === 'post' ? 'HTTP-POST' : 'HTTP-Redirect'],
    ['IdP logout URL', provider.sloUrl ?? 'None: signing out ends the session here alone'],
    ['SP entity ID', provider.spEntityId ?? `${provider.sp.entityId} (default)`],
    ['IdP-initiated sign-in', provider.allowIdpInitiated ? 'Allowed' : 'Refused'],
    ['Answers to unknown requests', provider.allowUnknownInResponseTo ? 'Allowed' : 'Refused'],
    ['Clock skew', `${provider.clockSkewSeconds} seconds`],
    ['Requests', provider.signRequests ? 'Signed' : 'Not signed'],
    ['Encrypted assertions', named(encryptions, provider.encryption)],
    ['NameID format', named(formats, provider.nameIdFormat ?? '')],
    ['Ask people to sign in again', provider.forceAuthn ? 'Yes' : 'No'],
    ['Ways to authenticate', provider.requestedAuthnContext.length ? provider.requestedAuthnContext : 'Any'],
    ['SHA-1 and short RSA keys', provider.allowSha1 ? 'Allowed: both can be forged' : 'Refused'],
    [
      'JIT provisioning',
      !jit.enabled
        ? 'Off: only people who already have a user can sign in'
        : jit.validationKey
          ? `On, for those whose “${jit.validationKey}” is “${jit.validationValue}”`
          : 'On, for everyone the IdP sends',
    ],
    ['Allowed e-mail domains', provider.allowedEmailDomains.length ? provider.allowedEmailDomains : 'Any'],
    ['Linked groups', provider.authorization.enabled ? `Follow “${provider.authorization.groupsAttribute ?? 'groups'}” at each sign-in` : 'Are filled by hand'],
    ['Users of other providers', provider.acceptUsersOfOtherProviders ? 'Accepted' : 'Refused'],
    ['Generation', named(generations, provider.generation)],
    ['Created', time(provider.createdAt)],
    ['Changed', time(provider.updatedAt)],
  ]);
}

function rules(path, { jit }) {
  const count = jit.rules.length;
  return h(
    'p',
    {},
    count ? `${count} ${count === 1 ? 'rule is' : 'rules are'} asked of who has no user yet. ` : 'None: who passes the validation key comes in. ',
    h('a', { href: link([...path, 'rules']) }, 'Change the rules'),
  );
}

const named = (choices, value) => choices.find(([key]) => key === value)?.[1] ?? value;

function metadata(provider) {
  if (!provider.metadataUrl) return h('p', {}, 'It was uploaded. With a URL instead, new certificates arrive by themselves.');
  return definitions([
    ['Fetched from', provider.metadataUrl],
    ['Last fetched', time(provider.metadataRefreshedAt)],
    ['Last failure', provider.metadataError ?? 'None since'],
    ['Must be signed', provider.metadataSigningCertificate ? 'Yes, by the pinned certificate' : 'No'],
  ]);
}

function certificates(list) {
  return table(
    'A response must be signed with the key of one of these',
    ['Subject', 'Ends', 'Key', 'SHA-256 fingerprint'],
    list.map((certificate) => [
      certificate.subject,
      expiry(certificate.notAfter),
      [certificate.algorithm, certificate.bits].filter(Boolean).join(' '),
      fingerprint(certificate.fingerprint),
    ]),
  );
}

/** Enable, disable and delete, and the place where their failures are told. */
function actions({ account, go, reload, announce }, path, provider, etag) {
  const { element: trouble, attempt } = troubleOf('provider', reload);

  const setEnabled = () =>
    attempt(async () => {
      await request('PATCH', path, { etag, body: { enabled: !provider.enabled, draft: false } });
      await reload();
      announce(
        provider.enabled ? `${provider.name} is disabled. Nobody can sign in through it.` : `${provider.name} is enabled.`,
      );
    });

  const refetch = () =>
    attempt(async () => {
      const { data } = await request('POST', [...path, 'refresh']);
      await reload();
      announce(
        data.version === provider.version
          ? 'The metadata was fetched. Nothing has changed.'
          : 'The metadata was fetched, and what is new is taken over.',
      );
    });

  async function remove() {
    const sure = await confirmed({
      title: `Delete the provider “${provider.name}”?`,
      body: `Nobody can sign in through “${provider.name}” any more. Its users stay. This cannot be undone; disabling can.`,
      action: `Delete “${provider.name}”`,
    });
    if (!sure) return removeButton.focus();
    await attempt(async () => {
      await request('DELETE', path, { etag });
      go(['accounts', account, 'providers'], { text: `Provider “${provider.name}” deleted.`, replace: true });
    });
  }

  const removeButton = h('button', { type: 'button', class: 'danger', click: remove }, 'Delete');
  return {
    toggle: h('button', { type: 'button', click: setEnabled }, provider.enabled ? 'Disable' : 'Enable'),
    refresh: provider.metadataUrl ? h('p', {}, h('button', { type: 'button', click: refetch }, 'Fetch it now')) : null,
    remove: removeButton,
    trouble,
  };
}
