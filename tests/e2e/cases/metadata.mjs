// Metadata that an admin may paste. Each case is made from metadata of samlify that is right:
//   keys      whose certificates are in it: `own` unless said (`own`, `second`, `weak` RSA of 1024 bits, `curve` P-256, `otherCurve` P-521)
//   edit      what happens to the XML
//   says      what the error must say; without it the metadata is taken, and the provider then has
//   has       what is checked of the provider
const signing = (xml) => xml.replace(/<KeyDescriptor use="signing">.*<\/KeyDescriptor>/s, '');
const federation = (...entities) => `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${entities.join('')}</EntitiesDescriptor>`;
const REDIRECT = /<SingleSignOnService Binding="[^"]*HTTP-Redirect"[^>]*><\/SingleSignOnService>/;
const logout = (binding, location, response) => `<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${binding}" Location="${location}"${response ? ` ResponseLocation="${response}"` : ''}/>`;
const services = /<SingleSignOnService .*<\/SingleSignOnService>/s;

export const metadataCases = {
  'as it is': { has: { entityId: 'https://idp.example.com/metadata', ssoUrl: 'https://idp.example.com/sso', ssoBinding: 'redirect', warnings: [] } },
  'with a byte order mark': { edit: (xml) => `\ufeff${xml}`, has: {} },
  'with an XML declaration and line ends around it': { edit: (xml) => `\r\n<?xml version="1.0" encoding="UTF-8"?>\r\n${xml}\r\n`.trimStart(), has: {} },
  'with comments': { edit: (xml) => `<!-- downloaded -->${xml.replace('<IDPSSODescriptor', '<!-- role --><IDPSSODescriptor')}<!-- end -->`, has: {} },
  'with prefixes': {
    edit: (xml) => xml.replaceAll(/<(\/?)(EntityDescriptor|IDPSSODescriptor|KeyDescriptor|NameIDFormat|SingleSignOnService)/g, '<$1md:$2').replace('xmlns=', 'xmlns:md='),
    has: {},
  },
  'with two certificates': { keys: ['own', 'second'], has: { certificates: 2 } },
  'with one certificate twice': { keys: ['own', 'own'], has: { certificates: 1 } },
  'with a weak key beside a good one': { keys: ['weak', 'own'], has: { certificates: 1, warnings: [/not used: the RSA key has 1024 bits/] } },
  'with a key on a curve': { keys: ['curve'], has: { certificates: 1 } },
  'with keys that have no use': { edit: (xml) => xml.replace(' use="signing"', ''), has: { certificates: 1 } },
  'with line ends in the certificate': { edit: (xml) => xml.replace(/(X509Certificate>)([^<]*)/, (_, tag, base64) => `${tag}\r\n${base64.match(/.{1,64}/g).join('\r\n')}\r\n`), has: { certificates: 1 } },
  'with a service for POST only': { edit: (xml) => xml.replace(REDIRECT, ''), has: { ssoBinding: 'post', warnings: [] } },
  'without single logout': { has: { sloUrl: null, sloResponseUrl: null, sloBinding: null } },
  'with single logout': { edit: (xml) => xml.replace('<SingleSignOn', `${logout('Redirect', 'https://idp.example.com/slo', 'https://idp.example.com/back')}<SingleSignOn`), has: { sloUrl: 'https://idp.example.com/slo', sloResponseUrl: 'https://idp.example.com/back', sloBinding: 'redirect' } },
  'with single logout by both bindings': { edit: (xml) => xml.replace('<SingleSignOn', `${logout('POST', 'https://idp.example.com/post')}${logout('Redirect', 'https://idp.example.com/slo')}<SingleSignOn`), has: { sloUrl: 'https://idp.example.com/slo', sloResponseUrl: null, sloBinding: 'redirect' } },
  'with single logout by POST, and by another binding': { edit: (xml) => xml.replace('<SingleSignOn', `${logout('SOAP', 'https://idp.example.com/soap')}${logout('POST', 'https://idp.example.com/post')}<SingleSignOn`), has: { sloUrl: 'https://idp.example.com/post', sloBinding: 'post' } },
  'with single logout at what is no URL': { edit: (xml) => xml.replace('<SingleSignOn', `${logout('Redirect', 'javascript:alert(1)')}${logout('POST', 'https://idp.example.com/post', 'none')}<SingleSignOn`), has: { sloUrl: 'https://idp.example.com/post', sloResponseUrl: null, sloBinding: 'post' } },
  'of a federation of one': { edit: (xml) => federation(xml), has: { entityId: 'https://idp.example.com/metadata' } },
  'with the role of a service provider beside': { edit: (xml) => xml.replace('</IDPSSODescriptor>', '</IDPSSODescriptor><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>'), has: {} },

  'that is blank': { edit: () => ' ', says: /not XML/ },
  'that is no XML': { edit: () => 'https://idp.example.com/metadata', says: /not XML/ },
  'that is a page': { edit: () => '<!DOCTYPE html><html></html>', says: /DOCTYPE/ },
  'that is some other XML': { edit: () => '<html/>', says: /begins with `html`; metadata begins with `EntityDescriptor`/ },
  'that is cut short': { edit: (xml) => xml.slice(0, -10), says: /not XML/ },
  'with a DOCTYPE': { edit: (xml) => `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xml}`, says: /DOCTYPE/ },
  'with an entity': { edit: (xml) => xml.replace('entityID="', 'entityID="&e;'), says: /entity/ },
  'of a federation of several': { edit: (xml) => federation(xml, xml.replace('/metadata"', '/other"')), says: /several identity providers.*\/metadata, .*\/other/ },
  'that was valid': { edit: (xml) => xml.replace('entityID=', 'validUntil="2026-01-01T00:00:00Z" entityID='), says: /valid until 2026-01-01T00:00:00Z only/ },
  'of a service provider': { edit: 'ours', says: /no IDPSSODescriptor/ },
  'of SAML 1.1': { edit: (xml) => xml.replace('SAML:2.0:protocol"', 'SAML:1.1:protocol"'), says: /no IDPSSODescriptor/ },
  'of two roles': { edit: (xml) => xml.replace(/<IDPSSODescriptor.*<\/IDPSSODescriptor>/s, (role) => role + role), says: /no IDPSSODescriptor/ },
  'without an entity ID': { edit: (xml) => xml.replace(/entityID="[^"]*"/, ''), says: /entityID/ },
  'with a blank entity ID': { edit: (xml) => xml.replace(/entityID="[^"]*"/, 'entityID=" "'), says: /entityID/ },
  'with an entity ID of 1,025 characters': { edit: (xml) => xml.replace(/entityID="[^"]*"/, `entityID="${'x'.repeat(1025)}"`), says: /1,024/ },
  'without a certificate': { edit: signing, says: /no signing certificate/ },
  'with a certificate for encryption only': { edit: (xml) => xml.replace('use="signing"', 'use="encryption"'), says: /no signing certificate/ },
  'with an empty certificate': { edit: (xml) => xml.replace(/(X509Certificate>)[^<]*/, '$1'), says: /certificate/ },
  'with a certificate that is no base64': { edit: (xml) => xml.replace(/(X509Certificate>)[^<]*/, '$1%%%'), says: /not base64/ },
  'with a certificate that is none': { edit: (xml) => xml.replace(/(X509Certificate>)[^<]*/, '$1AAAA'), says: /not an X\.509 certificate/ },
  'with a weak key': { keys: ['weak'], says: /1024 bits, not 2048/ },
  'with a key on another curve': { keys: ['otherCurve'], says: /curve 1\.3\.132\.0\.35, neither P-256 nor P-384/ },
  'with eleven certificates': { keys: Array.from({ length: 11 }, (_, index) => `extra${index}`), says: /more than 10/ },
  'without a sign-on service': { edit: (xml) => xml.replace(services, ''), says: /no SingleSignOnService/ },
  'with a sign-on URL of another scheme': { edit: (xml) => xml.replaceAll(/Location="[^"]*"/g, 'Location="javascript:alert(1)"'), says: /no SingleSignOnService/ },
  'with a sign-on URL of two lines': { edit: (xml) => xml.replaceAll(/Location="[^"]*"/g, 'Location="https://idp.example.com/&#13;&#10;Set-Cookie: a=b"'), says: /no SingleSignOnService/ },
  'with elements too deep': { edit: (xml) => xml.replace('<NameIDFormat>', `${'<Extensions>'.repeat(40)}${'</Extensions>'.repeat(40)}<NameIDFormat>`), says: /Depth/ },
};
