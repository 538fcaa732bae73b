import { areaField, checkField, selectField } from './fields.js';

export const formats = [
  ['', 'Whichever the IdP takes'],
  ['emailAddress', 'E-mail address'],
  ['persistent', 'Persistent'],
  ['transient', 'Transient'],
  ['unspecified', 'Unspecified'],
];

export const encryptions = [
  ['off', 'Refused'],
  ['accept', 'Accepted'],
  ['require', 'Required'],
];

/** What is asked of the IdP in a request, and what its responses may be. */
export function protocolFields(provider) {
  const check = (name, label, hint) => checkField({ name, label, hint, value: provider[name] });
  return {
    signRequests: check(
      'signRequests',
      'Sign requests',
      'With this account’s key, which the IdP finds in the SP metadata. The account’s keys are under “Keys”.',
    ),
    encryption: selectField({
      name: 'encryption',
      label: 'Encrypted assertions',
      value: provider.encryption,
      options: encryptions,
      hint: 'The IdP encrypts to this account’s certificate, which is in the SP metadata and under “Keys”.',
    }),
    nameIdFormat: selectField({
      name: 'nameIdFormat',
      label: 'NameID format that is asked for',
      value: provider.nameIdFormat ?? '',
      options: formats,
    }),
    forceAuthn: check('forceAuthn', 'Ask people to sign in again', 'Although the IdP knows who they are (ForceAuthn).'),
    requestedAuthnContext: areaField({
      name: 'requestedAuthnContext',
      label: 'Ways to authenticate that are asked for',
      rows: 2,
      value: provider.requestedAuthnContext.join('\n'),
      hint: 'One URI a line (AuthnContextClassRef). The assertion must then name one of them. Empty: any way.',
      attributes: { class: 'value' },
    }),
    allowUnknownInResponseTo: check(
      'allowUnknownInResponseTo',
      'Allow answers to unknown requests',
      'Some IdPs name a request of their own making when a sign-in starts at them.',
    ),
    allowSha1: check(
      'allowSha1',
      'Allow SHA-1 and short RSA keys',
      'Warning: both can be forged with enough money. Only until the IdP signs with SHA-256 and a key of 2048 bits.',
    ),
  };
}

export function readProtocol(fields) {
  const lines = fields.requestedAuthnContext.read().split('\n');
  return {
    signRequests: fields.signRequests.read(),
    encryption: fields.encryption.read(),
    nameIdFormat: fields.nameIdFormat.read() || null,
    forceAuthn: fields.forceAuthn.read(),
    requestedAuthnContext: lines.map((line) => line.trim()).filter(Boolean),
    allowUnknownInResponseTo: fields.allowUnknownInResponseTo.read(),
    allowSha1: fields.allowSha1.read(),
  };
}
