// Logout messages to take, by both bindings.
import { edit, element, extensions, nameId, success } from '../documents.mjs';
import { nameIdFormat, ns, status, uri } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { form, joined, logoutRequest, logoutResponse, parameters, post, redirect, takes } from './messages.mjs';

const ada = { request: '_logout', nameId: 'ada@example.com', format: nameIdFormat.email, sessionIndexes: ['_session'] };
const asked = { response: '_asked', partial: false };
const code = (outer, inner) =>
  success()
    .replace('/>', `><samlp:StatusCode Value="${status(inner)}"/></samlp:StatusCode>`)
    .replace(status('Success'), status(outer));

for (const [binding, wire] of Object.entries({ redirect, post })) {
  const take = (name, why, xml, accepted = ada, settings) => takes(binding, name, why, wire(xml), accepted, settings);
  take('request', 'The identity provider ends a session.', logoutRequest());
  take('request-without-end', 'NotOnOrAfter is optional.', logoutRequest({ notOnOrAfter: null }));
  take('request-without-index', 'Without an index all sessions are meant.', logoutRequest({ indexes: [] }), {
    ...ada,
    sessionIndexes: [],
  });
  take('request-with-indexes', 'Several sessions of one person.', logoutRequest({ indexes: ['_a', ' _b\n', '<&>'] }), {
    ...ada,
    sessionIndexes: ['_a', '_b', '<&>'],
  });
  take('name-id-without-format', 'The format is optional.', logoutRequest({ subject: nameId('ada@example.com', null) }), {
    ...ada,
    format: null,
  });
  for (const format of ['unspecified', 'persistent']) {
    const subject = nameId('ada@example.com', nameIdFormat[format]);
    take(`name-id-${format}`, 'A format as it is given.', logoutRequest({ subject }), { ...ada, format: nameIdFormat[format] });
  }
  take('extensions', 'Extensions are not read.', logoutRequest({ extensions: extensions('<x:Key xmlns:x="urn:x">1</x:Key>') }));
  take(
    'reason',
    'Other attributes are not read.',
    logoutRequest({ attributes: ' Reason="urn:oasis:names:tc:SAML:2.0:logout:user" Consent="urn:x"' }),
  );
  take('pretty-printed', 'White space between parts is none of them.', logoutRequest().replaceAll('><', '>\n  <'));
  take('cdata', 'CDATA is text.', edit(logoutRequest(), '>ada@example.com<', '><![CDATA[ada@example.com]]><'));
  take(
    'default-namespace',
    'Prefixes are anybody’s choice.',
    logoutRequest().replaceAll('samlp:', '').replace('xmlns:samlp', 'xmlns'),
  );
  const end = (name, now, xml = logoutRequest()) => take(name, 'Up to the end, with the skew.', xml, ada, { now });
  end('not-on-or-after-inside', '2026-11-22T06:04:59.999Z');
  end('not-on-or-after-inside-the-skew', '2026-11-22T06:06:59.999Z');
  end('ten-minutes-old-inside-the-skew', '2026-11-22T06:11:59.999Z', logoutRequest({ notOnOrAfter: null }));
  end('issue-instant-to-come-inside-the-skew', '2026-11-22T05:58:00Z');
  take('response', 'The identity provider answers.', logoutResponse(), asked);
  take('response-partial', 'Not every application was reached.', logoutResponse({ status: code('Success', 'PartialLogout') }), {
    ...asked,
    partial: true,
  });
  take(
    'response-partial-of-responder',
    'The standard names no top code for it.',
    logoutResponse({ status: code('Responder', 'PartialLogout') }),
    {
      ...asked,
      partial: true,
    },
  );
  take(
    'response-partial-at-the-top',
    'Nor that it is a second one.',
    logoutResponse({ status: success().replace(status('Success'), status('PartialLogout')) }),
    {
      ...asked,
      partial: true,
    },
  );
  takes(binding, 'second-key', 'Every configured key is tried.', wire(logoutRequest(), { key: 'idp-next' }), ada, {
    trusted: ['idp', 'idp-next'],
  });
  takes(binding, 'relay-state', 'It comes back with the answer.', wire(logoutRequest(), { relayState: 'a b&c=d+é' }), {
    ...ada,
    relayState: 'a b&c=d+é',
  });
  takes(binding, 'relay-state-of-80-bytes', 'SAML bindings 3.4.3.', wire(logoutRequest(), { relayState: 'r'.repeat(80) }), {
    ...ada,
    relayState: 'r'.repeat(80),
  });
  takes(binding, 'relay-state-empty', 'It is signed all the same.', wire(logoutRequest(), { relayState: '' }), {
    ...ada,
    relayState: '',
  });
  for (const [name, key, algorithm] of [
    ['rsa-sha384', 'idp', uri.rsaSha384],
    ['rsa-sha512', 'idp', uri.rsaSha512],
    ['pss-sha256', 'idp', uri.pssSha256],
    ['ecdsa-sha256', 'ec-p256', uri.ecdsaSha256],
    ['ecdsa-sha384', 'ec-p384', uri.ecdsaSha384],
  ]) {
    takes(binding, name, 'The algorithms of responses.', wire(logoutRequest(), { key, algorithm }), ada, { trusted: [key] });
  }
  takes(
    binding,
    'rsa-sha1-where-it-is-allowed',
    'Where the provider allows it.',
    wire(logoutRequest(), { algorithm: uri.rsaSha1 }),
    ada,
    { allowSha1: true },
  );
}

// What one binding alone can do.
const usual = parameters(logoutRequest(), { relayState: 'r' });
const r = { ...ada, relayState: 'r' };
const small = (text) => encodeURIComponent(text).replace(/%../g, (escape) => escape.toLowerCase());
const all = (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
takes(
  'redirect',
  'small-escapes',
  'The octets are signed as they came; ADFS writes small letters.',
  redirect(logoutRequest(), { relayState: 'a/b', escape: small }),
  {
    ...ada,
    relayState: 'a/b',
  },
);
takes('redirect', 'needless-escapes', 'Whatever was escaped.', redirect(logoutRequest(), { escape: all }), ada);
takes(
  'redirect',
  'parameters-in-another-order',
  'The order of the signed octets is the binding’s.',
  joined(usual.toReversed()),
  r,
);
takes('redirect', 'other-parameters', 'They are neither signed nor read.', `a=b&${joined(usual)}&samlrequest=x&signature=&`, r);
takes(
  'redirect',
  'encoding-named',
  'The encoding that there is.',
  `${joined(usual)}&SAMLEncoding=${encodeURIComponent('urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE')}`,
  r,
);
takes('redirect', 'names-escaped', 'A name is what its escapes stand for.', joined(usual).replace('SigAlg', 'Sig%41lg'), r);
takes('post', 'key-info', 'It is not read.', post(logoutRequest(), { keyInfo: certificateInfo('attacker') }), ada);
takes('post', 'prefix-list', 'As for responses.', post(logoutRequest(), { prefixes: ['saml'] }), ada);
takes(
  'post',
  'base64-in-lines',
  'RFC 2045.',
  form({
    SAMLRequest: Buffer.from(new URLSearchParams(post(logoutRequest())).get('SAMLRequest'), 'base64')
      .toString('base64')
      .replace(/.{76}/g, '$&\r\n'),
  }),
  ada,
);
takes('post', 'other-fields', 'They are not read.', `${post(logoutRequest())}&SigAlg=x&Signature=y&a`, ada);
takes(
  'post',
  'declarations-of-its-own',
  'Namespaces as they come.',
  post(
    edit(
      logoutRequest(),
      element('samlp:SessionIndex', '_session'),
      `<p:SessionIndex xmlns:p="${ns.samlp}">_session</p:SessionIndex>`,
    ),
  ),
  ada,
);
