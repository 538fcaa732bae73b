import { areaField, checkField, selectField, textField } from './fields.js';

export const generations = [
  ['current', 'Current'],
  ['legacy', 'Legacy: while it is enabled, it alone authenticates'],
];

/** Whom the provider may sign in, beside what JIT rules say, and whose groups it keeps. */
export function peopleFields(provider) {
  return {
    allowedEmailDomains: areaField({
      name: 'allowedEmailDomains',
      label: 'Allowed e-mail domains, one a line',
      rows: 3,
      value: provider.allowedEmailDomains.join('\n'),
      hint: 'Of people who have no user yet. Empty: any. A domain below another is named by itself.',
    }),
    authorizationEnabled: checkField({
      name: 'authorizationEnabled',
      pointer: '/authorization/enabled',
      label: 'Keep linked groups in step',
      value: provider.authorization.enabled,
      hint: 'At each sign-in people join the linked groups that the IdP names, and leave those that it does not (SAML authorization).',
    }),
    groupsAttribute: textField({
      name: 'groupsAttribute',
      pointer: '/authorization/groupsAttribute',
      label: 'Groups attribute',
      value: provider.authorization.groupsAttribute ?? '',
      hint: 'The SAML attribute that names the groups. Empty: the usual names.',
      attributes: { maxlength: 256 },
    }),
    acceptUsersOfOtherProviders: checkField({
      name: 'acceptUsersOfOtherProviders',
      label: 'Accept users of other providers',
      value: provider.acceptUsersOfOtherProviders,
      hint: 'Whoever another provider signs in may come through this one too, by the same e-mail address.',
    }),
    generation: selectField({
      name: 'generation',
      label: 'Generation',
      value: provider.generation,
      options: generations,
      hint: 'Of two integrations side by side, while you move from one to the other.',
    }),
  };
}

/** The same in the shape of the API. */
export function readPeople(fields) {
  const domains = fields.allowedEmailDomains.read().split('\n').map((line) => line.trim());
  return {
    allowedEmailDomains: domains.filter(Boolean),
    authorization: { enabled: fields.authorizationEnabled.read(), groupsAttribute: fields.groupsAttribute.read().trim() || null },
    acceptUsersOfOtherProviders: fields.acceptUsersOfOtherProviders.read(),
    generation: fields.generation.read(),
  };
}
