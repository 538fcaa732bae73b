// What each kind of IdP calls the values it needs from us, in the words of its own console.
// Every kind gets the ACS URL, the entity ID, the metadata URL and the start URL; a validator where
// the console asks for a pattern.

const metadata = ['SP metadata URL', 'metadataUrl', 'Not needed when the fields above are filled in.'];
const logout = (label, hint = 'Optional: signing out at one end then ends the other.') => [label, 'sloUrl', hint];
const start = (label, hint = 'People start here. Give it out as a bookmark or an app tile.') => [label, 'loginUrl', hint];

export const kinds = {
  okta: {
    name: 'Okta',
    place: 'In the Okta Admin Console: Applications → Create App Integration → SAML 2.0 → Configure SAML.',
    fields: [
      ['Single sign-on URL', 'acsUrl', 'Leave “Use this for Recipient URL and Destination URL” ticked.'],
      ['Audience URI (SP Entity ID)', 'entityId'],
      logout(
        'Single Logout URL',
        'Optional, with “SP Issuer” the entity ID; Okta wants the certificate of our metadata, and “Sign requests” on.',
      ),
      metadata,
      start('Start URL'),
    ],
    notes: ['Set “Application username” to Email, so that the NameID is the person’s e-mail address.'],
    attributes: 'Add it under “Attribute Statements”.',
    urlSource: 'In Okta: the app’s “Sign On” tab, “Metadata URL”.',
    source: 'The app’s “Sign On” tab links to it: “Metadata URL”, or “Identity Provider metadata”. Save that page as a file.',
  },
  entra: {
    name: 'Microsoft Entra ID',
    place:
      'In the Entra admin center: Enterprise applications → your application → Single sign-on → SAML → Basic SAML Configuration.',
    fields: [
      ['Identifier (Entity ID)', 'entityId'],
      ['Reply URL (Assertion Consumer Service URL)', 'acsUrl'],
      logout('Logout Url (Optional)'),
      start('Sign on URL (Optional)', 'With it My Apps starts the sign-in here; without it, at Entra.'),
      ['SP metadata URL', 'metadataUrl', 'Save it as a file to use “Upload metadata file” instead.'],
    ],
    notes: [],
    attributes: 'Add it under “Attributes & Claims”.',
    urlSource: 'In Entra: SAML Certificates, “App Federation Metadata Url”.',
    source: 'On the application’s Single sign-on page, under SAML Certificates: “Federation Metadata XML”, Download.',
  },
  onelogin: {
    name: 'OneLogin',
    place: 'In OneLogin: Applications → SAML Custom Connector (Advanced) → Configuration.',
    fields: [
      ['Audience (EntityID)', 'entityId'],
      ['Recipient', 'acsUrl'],
      ['ACS (Consumer) URL Validator', 'acsPattern', 'The same URL as a regular expression.'],
      ['ACS (Consumer) URL', 'acsUrl'],
      logout('Single Logout URL'),
      start('Login URL', 'Needed when “SAML initiator” is “Service Provider”.'),
      metadata,
    ],
    notes: ['On the SSO tab, set “SAML Signature Algorithm” to SHA-256.'],
    attributes: 'Add it under “Parameters”, with “Include in SAML assertion” ticked.',
    urlSource: 'In OneLogin: the application’s SSO tab, “Issuer URL”.',
    source: 'In the application: More Actions → SAML Metadata.',
  },
  keycloak: {
    name: 'Keycloak',
    place: 'In the Keycloak admin console: Clients → Create client → Client type “SAML”.',
    fields: [
      ['Client ID', 'entityId'],
      ['Valid redirect URIs', 'acsUrl'],
      ['Master SAML Processing URL', 'acsUrl'],
      logout(
        'Logout Service Redirect Binding URL',
        'Optional, for “Logout Service POST Binding URL” too: else Keycloak sends logouts to the processing URL.',
      ),
      start('Home URL'),
      metadata,
    ],
    notes: [
      'On the Keys tab, turn “Client signature required” off.',
      'For sign-ins that start at Keycloak, give the client an “IDP-Initiated SSO URL name”.',
    ],
    attributes: 'Add a mapper for it to the client’s dedicated scope, under “Client scopes”.',
    urlSource: 'In Keycloak: https://<host>/realms/<realm>/protocol/saml/descriptor.',
    source: 'Realm settings → General → Endpoints: “SAML 2.0 Identity Provider Metadata”. Save that page as a file.',
  },
  jumpcloud: {
    name: 'JumpCloud',
    place: 'In the JumpCloud Admin Portal: User Authentication → SSO Applications → your Custom Application → SSO.',
    fields: [['SP Entity ID', 'entityId'], ['ACS URL', 'acsUrl'], logout('Logout URL'), start('Login URL'), metadata],
    notes: ['“IdP Entity ID” is yours to choose; it comes back to us in the metadata.'],
    attributes: 'Add it under “Attributes”.',
    urlSource: 'In JumpCloud: the application’s SSO tab, “Copy Metadata URL”.',
    source: 'The application’s SSO tab: “Export Metadata”.',
  },
  other: {
    name: 'Other SAML 2.0 IdP',
    place: 'Your IdP asks for these where it describes a service provider (SP).',
    fields: [
      ['Assertion consumer service (ACS) URL', 'acsUrl', 'Also the Recipient and the Destination. Binding: HTTP-POST.'],
      ['SP entity ID (audience)', 'entityId'],
      logout('Single logout URL'),
      ['SP metadata URL', 'metadataUrl', 'Many IdPs read all of this from here.'],
      start('Start URL'),
    ],
    notes: [],
    attributes: 'Your IdP must put it into the assertion.',
    urlSource: 'Look for “metadata URL” or “federation metadata” in its console.',
    source: 'Look for “IdP metadata” or “federation metadata” in its console.',
  },
};

/** A kind that this page does not know yet gets the standard words. */
export const kindOf = (kind) => kinds[kind] ?? kinds.other;

/** The value behind a field; those that are not known yet are left out. */
export function copyFields(kind, sp) {
  const values = { ...sp, acsPattern: `^${sp.acsUrl.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$` };
  return kindOf(kind)
    .fields.filter(([, name]) => values[name])
    .map(([label, name, hint]) => ({ label, value: values[name], hint }));
}
