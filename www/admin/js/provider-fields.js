import { h } from './dom.js';
import { areaField, checkField, selectField, textField } from './fields.js';
import { kindOf, kinds } from './identity-providers.js';
import { metadataField } from './metadata-field.js';
import { peopleFields, readPeople } from './people-fields.js';
import { protocolFields, readProtocol } from './protocol-fields.js';

const blank = {
  name: '',
  kind: 'okta',
  draft: false,
  metadataUrl: null,
  metadataSigningCertificate: null,
  spEntityId: null,
  allowIdpInitiated: true,
  allowUnknownInResponseTo: false,
  allowSha1: false,
  signRequests: false,
  forceAuthn: false,
  nameIdFormat: null,
  requestedAuthnContext: [],
  encryption: 'off',
  clockSkewSeconds: 120,
  jit: { enabled: false, validationKey: null, validationValue: null },
  allowedEmailDomains: [],
  authorization: { enabled: false, groupsAttribute: null },
  acceptUsersOfOtherProviders: false,
  generation: 'current',
};

/** The form's fields, filled from `provider` when it is edited. */
export function providerFields(provider = blank, isNew = provider === blank) {
  const fields = {
    name: textField({
      name: 'name',
      label: 'Name',
      value: provider.name,
      hint: 'People see it when they choose how to sign in.',
      attributes: { required: true },
    }),
    kind: selectField({
      name: 'kind',
      label: 'IdP kind',
      value: provider.kind,
      options: Object.entries(kinds).map(([key, { name }]) => [key, name]),
    }),
    draft: checkField({
      name: 'draft',
      label: 'Draft',
      value: provider.draft,
      hint: 'Nobody can sign in through a draft. You can try it: it shows what the IdP sends and what would be decided.',
    }),
    metadataUrl: textField({
      name: 'metadataUrl',
      label: 'IdP metadata URL',
      type: 'url',
      value: provider.metadataUrl ?? '',
      hint: ' ',
      attributes: { maxlength: 2048, inputmode: 'url', placeholder: 'https://…' },
    }),
    metadataXml: metadataField({ label: isNew ? 'IdP metadata (XML)' : 'New IdP metadata (XML)', hint: ' ' }),
    metadataEntityId: textField({
      name: 'metadataEntityId',
      label: 'IdP entity ID',
      hint: 'Which IdP is meant, where the metadata lists several, as that of a federation does.',
      attributes: { maxlength: 1024 },
    }),
    metadataSigningCertificate: areaField({
      name: 'metadataSigningCertificate',
      label: 'Certificate that signs the metadata (PEM)',
      rows: 4,
      value: provider.metadataSigningCertificate ?? '',
      hint: 'With it, metadata is taken only if its whole document is signed by this key. Most IdPs do not sign it.',
      attributes: { class: 'value', placeholder: '-----BEGIN CERTIFICATE-----' },
    }),
    jitEnabled: checkField({
      name: 'jitEnabled',
      pointer: '/jit/enabled',
      label: 'Enable JIT Provisioning',
      value: provider.jit.enabled,
      hint: 'A person whom the IdP sends and who has no user yet gets one at the first sign-in. No role and no group comes with it.',
    }),
    validationKey: textField({
      name: 'validationKey',
      pointer: '/jit/validationKey',
      label: 'JIT Validation Key',
      value: provider.jit.validationKey ?? '',
      hint: 'The name of a SAML attribute, such as department.',
    }),
    validationValue: textField({
      name: 'validationValue',
      pointer: '/jit/validationValue',
      label: 'JIT Validation Value',
      value: provider.jit.validationValue ?? '',
      hint: 'The value it must have, exactly. One of several values is enough.',
    }),
    spEntityId: textField({
      name: 'spEntityId',
      label: 'SP entity ID',
      value: provider.spEntityId ?? '',
      hint: 'The audience that assertions must name. Leave it empty for the default, the host of this installation.',
    }),
    allowIdpInitiated: checkField({
      name: 'allowIdpInitiated',
      label: 'Allow IdP-initiated sign-in',
      value: provider.allowIdpInitiated,
      hint: 'Needed for app tiles in the IdP’s own portal.',
    }),
    clockSkewSeconds: textField({
      name: 'clockSkewSeconds',
      label: 'Clock skew (seconds)',
      type: 'number',
      value: String(provider.clockSkewSeconds),
      hint: 'How far the IdP’s clock may be off: 0 to 300.',
      attributes: { min: 0, max: 300, step: 1, inputmode: 'numeric' },
    }),
    ...peopleFields(provider),
    ...protocolFields(provider),
  };
  const keep = isNew ? '' : 'Leave this empty to keep the present metadata; new metadata replaces its certificates. ';
  const showSource = () => {
    const { source, urlSource } = kindOf(fields.kind.read());
    fields.metadataUrl.setHint(`It is fetched now and every few hours, so that new certificates arrive by themselves. ${urlSource}`);
    fields.metadataXml.setHint(`${isNew ? 'Instead of a URL. ' : keep}${source}`);
  };
  fields.kind.control.addEventListener('change', showSource);
  showSource();
  return { fields, layout: layout(fields) };
}

function layout(fields) {
  return [
    h(
      'fieldset',
      {},
      h('legend', {}, 'Identity provider'),
      fields.name.element,
      fields.kind.element,
      fields.metadataUrl.element,
      fields.metadataXml.element,
      h(
        'details',
        {},
        h('summary', {}, 'Signed metadata, and lists of several IdPs'),
        fields.metadataSigningCertificate.element,
        fields.metadataEntityId.element,
      ),
      fields.draft.element,
    ),
    h(
      'fieldset',
      {},
      h('legend', {}, 'Just-in-time provisioning'),
      fields.jitEnabled.element,
      h(
        'p',
        { class: 'explain' },
        'Leave key and value both blank to let in everyone the IdP sends. Fill in both to let in only those whose assertion carries that attribute with that value.',
      ),
      h('div', { class: 'pair' }, fields.validationKey.element, fields.validationValue.element),
      fields.allowedEmailDomains.element,
    ),
    h(
      'fieldset',
      {},
      h('legend', {}, 'Groups'),
      fields.authorizationEnabled.element,
      fields.groupsAttribute.element,
    ),
    h(
      'details',
      {},
      h('summary', {}, 'More settings'),
      fields.spEntityId.element,
      fields.allowIdpInitiated.element,
      fields.clockSkewSeconds.element,
      fields.acceptUsersOfOtherProviders.element,
      fields.generation.element,
      ['signRequests', 'encryption', 'nameIdFormat', 'forceAuthn', 'requestedAuthnContext', 'allowUnknownInResponseTo', 'allowSha1'].map(
        (name) => fields[name].element,
      ),
    ),
  ];
}

/** The form in the shape of the API. Blank text means none. */
export function readProvider(fields) {
  const text = (field) => field.read().trim() || null;
  const skew = fields.clockSkewSeconds.read().trim();
  return {
    name: fields.name.read().trim(),
    kind: fields.kind.read(),
    draft: fields.draft.read(),
    // What becomes a draft signs nobody in any more.
    ...(fields.draft.read() ? { enabled: false } : {}),
    metadataUrl: text(fields.metadataUrl),
    // Without one, the other one is meant.
    metadataXml: fields.metadataXml.read() || undefined,
    metadataEntityId: text(fields.metadataEntityId) ?? undefined,
    metadataSigningCertificate: text(fields.metadataSigningCertificate),
    spEntityId: text(fields.spEntityId),
    allowIdpInitiated: fields.allowIdpInitiated.read(),
    // Not a number goes as it was typed: the server's message is then the one that is shown.
    clockSkewSeconds: /^\d+$/.test(skew) ? Number(skew) : skew || null,
    jit: {
      enabled: fields.jitEnabled.read(),
      validationKey: text(fields.validationKey),
      validationValue: text(fields.validationValue),
    },
    ...readPeople(fields),
    ...readProtocol(fields),
  };
}

/** What differs, as a merge patch; null when nothing does. */
export function difference(before, after) {
  const changed = Object.entries(after).flatMap(([name, value]) => {
    if (Array.isArray(value)) return String(value) === String(before[name]) ? [] : [[name, value]];
    if (value !== null && typeof value === 'object') {
      const inner = difference(before[name], value);
      return inner ? [[name, inner]] : [];
    }
    return value === before[name] ? [] : [[name, value]];
  });
  return changed.length ? Object.fromEntries(changed) : null;
}
