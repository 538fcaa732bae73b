// Logout messages to refuse. Each is signed soundly unless that is what it is about, so that the rule alone refuses.
import { assertion, edit, element, extensions, nameId, response, scene, success } from '../documents.mjs';
import { ns, status, uri } from '../names.mjs';
import { issuer, logoutRequest, logoutResponse, post, redirect, refuses, sloUrl, stored } from './messages.mjs';

const encrypted = '<saml:EncryptedID><x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/></saml:EncryptedID>';
const authnRequest = `<samlp:AuthnRequest xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="_authn" Version="2.0" IssueInstant="${scene.now}" Destination="${sloUrl}">${issuer()}</samlp:AuthnRequest>`;
const artifact = authnRequest.replaceAll('AuthnRequest', 'ManageNameIDRequest').replace('_authn', '_manage');

/** The same document by both bindings. */
for (const [binding, wire] of Object.entries({ redirect, post })) {
  const refuse = (name, expected, why, xml, settings, how) => refuses(binding, name, expected, why, wire(xml, how), settings);
  const request = (name, expected, why, parts, settings) => refuse(name, expected, why, logoutRequest(parts), settings);
  const answer = (name, expected, why, parts, settings) =>
    refuse(`response-${name}`, expected, why, logoutResponse(parts), settings);

  const by = 'Only the provider says who is to be signed out.';
  request('issuer-unknown', 'unknown_issuer', by, { issuer: element('saml:Issuer', 'https://evil.example') });
  request('issuer-missing', 'unknown_issuer', by, { issuer: '' });
  request('issuer-blank', 'unknown_issuer', by, { issuer: element('saml:Issuer', ' ') });
  request('issuer-of-another-namespace', 'unknown_issuer', by, { issuer: element('samlp:Issuer', scene.issuer) });
  request('issuer-twice', 'message_malformed: more than one Issuer', by, { issuer: issuer() + issuer() });
  request('issuer-with-an-element', 'message_malformed: an Issuer that is not text', by, {
    issuer: `<saml:Issuer>${scene.issuer}<a/></saml:Issuer>`,
  });
  request(
    'issuer-last',
    binding === 'post' ? 'signature_misplaced' : 'message_malformed: no Issuer as its first child',
    'Parts have an order.',
    { issuer: '', after: issuer() },
  );

  const to = 'A signed message says whom it is sent to.';
  const wrong = 'wrong_destination';
  request('destination-missing', wrong, to, { destination: null });
  request('destination-empty', wrong, to, { destination: '' });
  request('destination-of-the-acs', wrong, to, { destination: scene.acsUrl });
  request('destination-of-another-account', wrong, to, { destination: 'https://sp.example/saml/other/slo' });
  request('destination-in-capitals', wrong, to, { destination: sloUrl.replace('sp.', 'SP.') });
  request('destination-with-more', wrong, to, { destination: `${sloUrl}?` });
  request('destination-with-a-slash', wrong, to, { destination: `${sloUrl}/` });
  answer('destination-missing', wrong, to, { destination: null });

  const when = 'A request is for now.';
  request('not-on-or-after-at-the-skew', 'expired: NotOnOrAfter', when, {}, { now: '2026-11-22T06:07:00Z' });
  request('not-on-or-after-without-skew', 'expired: NotOnOrAfter', when, {}, { now: '2026-11-22T06:05:00Z', skewSeconds: 0 });
  request('not-on-or-after-long-over', 'expired: NotOnOrAfter', when, { notOnOrAfter: '2020-01-01T00:00:00Z' });
  request(
    'ten-minutes-old',
    'expired: ten minutes after IssueInstant',
    when,
    { notOnOrAfter: null },
    { now: '2026-11-22T06:12:00Z' },
  );
  request(
    'ten-minutes-old-whatever-its-end',
    'expired: ten minutes after IssueInstant',
    when,
    { notOnOrAfter: '2030-01-01T00:00:00Z' },
    { now: '2026-11-22T06:12:00Z' },
  );
  request('issue-instant-to-come', 'not_yet_valid: IssueInstant', when, {}, { now: '2026-11-22T05:57:59.999Z' });
  request('issue-instant-missing', 'time_missing: IssueInstant', when, { issueInstant: null });
  request('issue-instant-without-zone', 'time_malformed: IssueInstant', when, { issueInstant: '2026-11-22T06:00:00' });
  request('not-on-or-after-no-time', 'time_malformed: NotOnOrAfter', when, { notOnOrAfter: 'soon' });
  answer('ten-minutes-old', 'expired: ten minutes after IssueInstant', when, {}, { now: '2026-11-22T06:12:00Z' });

  const whom = 'It names one person, in the clear.';
  request('name-id-missing', 'no_name_id', whom, { subject: '', indexes: [] });
  request('name-id-missing-with-an-index', 'no_name_id', whom, { subject: '' });
  request('name-id-blank', 'no_name_id', whom, { subject: nameId(' \n') });
  request('name-id-of-1025-characters', 'no_name_id', whom, { subject: nameId('a'.repeat(1025)) });
  request('name-id-encrypted', 'name_id_encrypted', whom, { subject: encrypted });
  request('base-id', 'no_name_id', whom, { subject: '<saml:BaseID/>' });
  request('name-id-of-another-namespace', 'no_name_id', whom, { subject: element('samlp:NameID', 'ada@example.com') });
  request('name-id-twice', 'message_malformed: something beside NameID and SessionIndex', whom, {
    subject: nameId() + nameId('mallory@example.com'),
  });
  request('name-id-with-an-element', 'message_malformed: a NameID that is not text', whom, {
    subject: edit(nameId(), 'ada@', '<a/>ada@'),
  });
  request('name-id-with-a-comment', 'comment_not_allowed', 'No comment anywhere.', {
    subject: edit(nameId(), 'ada@', 'ada@<!-- -->'),
  });
  request('name-id-before-extensions', 'message_malformed: something beside NameID and SessionIndex', 'Parts have an order.', {
    after: extensions(''),
  });
  request('subject-around-the-name-id', 'no_name_id', whom, { subject: `<saml:Subject>${nameId()}</saml:Subject>` });
  request('session-index-with-an-element', 'message_malformed: a SessionIndex that is not text', whom, {
    after: '<samlp:SessionIndex><a/></samlp:SessionIndex>',
  });
  request('session-index-of-another-namespace', 'message_malformed: something beside NameID and SessionIndex', whom, {
    after: element('saml:SessionIndex', '_session'),
  });
  request('101-session-indexes', 'message_malformed: more than 100 SessionIndex', 'Bounds before work.', {
    indexes: Array(101).fill('_s'),
  });
  request('text-between-parts', 'message_malformed: text between its parts', 'A small grammar.', { after: 'text' });
  request('status-in-a-request', 'message_malformed: something beside NameID and SessionIndex', 'A small grammar.', {
    after: success(),
  });
  request('version', 'wrong_version', 'SAML 2.0.', { version: '1.1' });
  request('version-missing', 'wrong_version', 'SAML 2.0.', { version: null });
  const named = 'What is used once has a name.';
  const without = (id) => (xml) => xml.replace(' ID="_logout"', id);
  for (const [name, id] of [
    ['missing', ''],
    ['empty', ' ID=""'],
  ]) {
    if (binding === 'post') refuse(`id-${name}`, 'reference_elsewhere', named, logoutRequest(), {}, { changed: without(id) });
    else
      refuse(
        `id-${name}`,
        'message_malformed: an element without an ID of 1 to 256 characters',
        named,
        without(id)(logoutRequest()),
      );
  }

  const root = 'The document is what the parameter announces.';
  refuse('response-as-request', 'wrong_root', root, logoutResponse(), {}, { side: 'SAMLRequest' });
  refuse('request-as-response', 'wrong_root', root, logoutRequest(), {}, { side: 'SAMLResponse' });
  refuse('authn-request', 'wrong_root', root, authnRequest, {}, { side: 'SAMLRequest' });
  refuse('manage-name-id-request', 'wrong_root', root, artifact, {}, { side: 'SAMLRequest' });
  refuse('response-of-a-sign-in', 'wrong_root', root, response(), {}, { side: 'SAMLResponse', id: '_response' });
  refuse(
    'assertion',
    'wrong_root',
    root,
    assertion().replace('<saml:Assertion', `<saml:Assertion xmlns:saml="${ns.saml}"`),
    {},
    { side: 'SAMLResponse', id: '_assertion' },
  );
  refuse(
    'metadata',
    'wrong_root',
    root,
    `<md:EntityDescriptor xmlns:md="${ns.md}" xmlns:saml="${ns.saml}" ID="_md" entityID="x">${issuer()}</md:EntityDescriptor>`,
    {},
    { side: 'SAMLRequest' },
  );
  refuse(
    'root-of-another-namespace',
    'wrong_root',
    root,
    logoutRequest().replace(`xmlns:samlp="${ns.samlp}"`, 'xmlns:samlp="urn:x"'),
  );

  const done = 'The identity provider says how it went.';
  const code = (value, inner = '') => ({
    status: `<samlp:Status><samlp:StatusCode Value="${value}">${inner}</samlp:StatusCode></samlp:Status>`,
  });
  answer('status-requester', 'idp_status', done, code(status('Requester')));
  answer('status-responder', 'idp_status', done, code(status('Responder')));
  answer(
    'status-request-denied',
    'idp_status',
    done,
    code(status('Responder'), `<samlp:StatusCode Value="${status('RequestDenied')}"/>`),
  );
  answer('status-empty', 'idp_status', done, code(''));
  answer('status-missing', 'message_malformed: something beside its Status', done, { status: '' });
  answer('status-without-code', 'message_malformed: not exactly one StatusCode', done, { status: '<samlp:Status/>' });
  answer('status-twice', 'message_malformed: something beside its Status', done, { status: success() + success() });
  answer('status-of-another-namespace', 'message_malformed: not exactly one Status', done, {
    status: success().replaceAll('samlp:Status', 'saml:Status'),
  });
  answer('two-codes', 'message_malformed: not exactly one StatusCode', done, {
    status: edit(success(), '</samlp:Status>', `<samlp:StatusCode Value="${status('PartialLogout')}"/></samlp:Status>`),
  });
  answer(
    'partial-too-deep',
    'idp_status',
    done,
    code(
      status('Responder'),
      `<samlp:StatusCode Value="urn:x"><samlp:StatusCode Value="${status('PartialLogout')}"/></samlp:StatusCode>`,
    ),
  );
  answer('in-response-to-missing', 'unknown_request', 'It answers a request of ours.', { inResponseTo: null });

  refuse(
    'doctype',
    'doctype_not_allowed',
    'No DOCTYPE.',
    logoutRequest(),
    {},
    whatComes(binding, (xml) => `<!DOCTYPE samlp:LogoutRequest>${xml}`),
  );
  refuse(
    'processing-instruction',
    'processing_instruction_not_allowed',
    'No processing instruction.',
    logoutRequest(),
    {},
    whatComes(binding, (xml) => `<?x y?>${xml}`),
  );
  refuse(
    'utf-16',
    'not_utf8',
    'UTF-8 only.',
    logoutRequest(),
    {},
    whatComes(binding, (xml) => `<?xml version="1.0" encoding="UTF-16"?>${xml}`),
  );
  refuse(
    'two-roots',
    'not_xml',
    'Nothing after the document element.',
    logoutRequest(),
    {},
    whatComes(binding, (xml) => `${xml}<a/>`),
  );
  refuse(
    'no-xml',
    'not_xml',
    'XML.',
    logoutRequest(),
    {},
    whatComes(binding, () => 'no XML'),
  );
  refuse(
    '33-deep',
    'document_too_large',
    'Bounds before work.',
    logoutRequest({ extensions: extensions('<a>'.repeat(31) + '</a>'.repeat(31)) }),
  );

  const stranger = 'Only the configured keys count.';
  refuse('stranger', 'wrong_key', stranger, logoutRequest(), {}, { key: 'attacker' });
  refuse('response-of-a-stranger', 'wrong_key', stranger, logoutResponse(), {}, { key: 'attacker' });
  const method = 'Algorithms from a list.';
  refuse('rsa-sha1', 'algorithm_not_allowed', method, logoutRequest(), {}, { algorithm: uri.rsaSha1 });
  const claims = (algorithm) =>
    binding === 'redirect' ? { sigAlg: algorithm } : { signatureMethod: `<ds:SignatureMethod Algorithm="${algorithm}"/>` };
  for (const [name, algorithm] of Object.entries({
    hmac: `${ns.ds}hmac-sha1`,
    none: 'none',
    dsa: `${ns.ds}dsa-sha1`,
    empty: '',
  })) {
    refuse(`algorithm-${name}`, 'algorithm_not_allowed', method, logoutRequest(), {}, claims(algorithm));
  }
  refuse('algorithm-of-another-hash', 'wrong_key', method, logoutRequest(), {}, claims(uri.rsaSha512));
  refuse(
    'relay-state-of-81-bytes',
    'relay_state_too_long',
    'SAML bindings 3.4.3.',
    logoutRequest(),
    {},
    { relayState: 'r'.repeat(81) },
  );
}

/** Text around the document, which changes no canonical byte, or in its place. */
function whatComes(binding, change) {
  return { side: 'SAMLRequest', ...(binding === 'redirect' ? { deflate: (xml) => stored(change(xml)) } : { changed: change }) };
}
