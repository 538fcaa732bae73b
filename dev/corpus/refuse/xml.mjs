// What SAML has no use for in XML, and what is no XML at all. Canonicalization leaves comments and the DOCTYPE out, so a
// signature stays sound around them; what it would not leave out is put where nothing is signed, and signed as well.
import { refuse } from '../case.mjs';
import { assertion, edit, extensions, nameId, response, subject } from '../documents.mjs';

import { certificateInfo, signAssertion, signBoth } from '../sign.mjs';

const sound = signAssertion(response(), { keyInfo: certificateInfo('idp') });
const inMiddle = (from, at, what) => edit(sound, from, from.slice(0, at) + what + from.slice(at));
const inText = (from, what) => inMiddle(from, Math.floor(from.length / 2), what);
const behind = (from, what) => inMiddle(from, from.length, what);
const inBase64 = (name, what) => sound.replace(new RegExp(`(<ds:${name}>.{12})`), (start) => start + what);
const longer = signAssertion(
  response({ assertion: assertion({ subject: subject({ id: nameId('ada@example.com.evil.example') }) }) }),
);
/** Puts something into the signed assertion and into what was digested alike. */
const signedWith = (from, to, canonical = to) =>
  edit(signAssertion(response(), { edit: { canonical: (text) => edit(text, from, canonical) } }), from, to);

// Comments and processing instructions
const places = {
  'before-the-root': (what) => what + sound,
  'after-the-root': (what) => sound + what,
  'after-the-declaration': (what) => `<?xml version="1.0"?>\n${what}\n${sound}`,
  'in-the-response': (what) => behind('</samlp:Status>', what),
  'in-the-status': (what) => behind('<samlp:Status>', what),
  'in-extensions': (what) => signAssertion(response({ extensions: extensions(what) })),
  'in-the-assertion': (what) => behind('</saml:Subject>', what),
  'in-the-issuer': (what) => sound.replace('https://idp.example', (text) => text + what),
  // Who reads the first text of two would sign in somebody else than who was signed.
  'in-the-name-id': (what) => edit(longer, 'ada@example.com', `ada@example.com${what}`),
  'in-the-middle-of-the-name-id': (what) => inText('ada@example.com', what),
  'in-the-audience': (what) => inText('>sp.example<', what),
  'in-an-attribute-value': (what) => inText('engineering', what),
  'in-the-signature': (what) => behind('</ds:SignedInfo>', what),
  'in-signed-info': (what) => behind('<ds:SignedInfo>', what),
  'in-the-reference': (what) => behind('</ds:Transforms>', what),
  'in-the-transforms': (what) => behind('<ds:Transforms>', what),
  'in-the-digest-value': (what) => inBase64('DigestValue', what),
  'in-front-of-the-digest-value': (what) => behind('<ds:DigestValue>', what),
  'in-the-signature-value': (what) => inBase64('SignatureValue', what),
  'in-key-info': (what) => inBase64('X509Certificate', what),
};
for (const [name, put] of Object.entries(places)) {
  refuse(`xml/comment-${name}`, 'comment_not_allowed', 'No comment anywhere, whether or not it is signed.', put('<!-- c -->'));
  refuse(
    `xml/instruction-${name}`,
    'processing_instruction_not_allowed',
    'No processing instruction anywhere.',
    put('<?pi data?>'),
  );
}
for (const [name, what] of [
  ['empty', '<!---->'],
  ['with-a-tag', '<!--<saml:Assertion/>-->'],
  ['of-two-lines', '<!--a\nb-->'],
]) {
  refuse(`xml/comment-${name}`, 'comment_not_allowed', 'No comment anywhere.', inText('ada@example.com', what));
}
refuse(
  'xml/comment-in-a-signed-response',
  'comment_not_allowed',
  'No comment anywhere.',
  edit(signBoth(response()), 'ada@example.com', 'ada<!---->@example.com'),
);
refuse(
  'xml/comment-that-is-signed-with-comments',
  'comment_not_allowed',
  'No comment anywhere, whether or not it is signed.',
  signedWith('ada@example.com', 'ada@example.com<!--c-->'),
);
refuse(
  'xml/instruction-that-is-signed',
  'processing_instruction_not_allowed',
  'No processing instruction anywhere, whether or not it is signed.',
  signedWith('ada@example.com', 'ada@example.com<?pi data?>'),
);
refuse(
  'xml/instruction-for-a-style-sheet',
  'processing_instruction_not_allowed',
  'No processing instruction anywhere.',
  `<?xml-stylesheet href="x"?>${sound}`,
);
refuse(
  'xml/instruction-without-data',
  'processing_instruction_not_allowed',
  'No processing instruction anywhere.',
  inText('ada@example.com', '<?pi?>'),
);

// DOCTYPE and entities
const doctype = {
  plain: '<!DOCTYPE samlp:Response>',
  system: '<!DOCTYPE samlp:Response SYSTEM "file:///etc/passwd">',
  public: '<!DOCTYPE samlp:Response PUBLIC "-//X//Y" "http://attacker.example/x.dtd">',
  'internal-subset': '<!DOCTYPE samlp:Response [<!ENTITY x "y">]>',
  'parameter-entity': '<!DOCTYPE samlp:Response [<!ENTITY % x SYSTEM "http://attacker.example/x.dtd"> %x;]>',
  'billion-laughs': `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, n) => `<!ENTITY a${n} "${`&a${n - 1 < 0 ? '' : n - 1};`.repeat(10)}">`).join('')}]>`,
  'attribute-default': '<!DOCTYPE samlp:Response [<!ATTLIST saml:Assertion Version CDATA "2.0">]>',
  'id-attribute': '<!DOCTYPE samlp:Response [<!ATTLIST saml:NameID Format ID #IMPLIED>]>',
  notation: '<!DOCTYPE samlp:Response [<!NOTATION n SYSTEM "x">]>',
  'comment-in-it': '<!DOCTYPE samlp:Response [<!-- ]> -->]>',
};
for (const [name, text] of Object.entries(doctype)) {
  refuse(`xml/doctype-${name}`, 'doctype_not_allowed', 'No DOCTYPE.', text + sound);
}
refuse(
  'xml/doctype-after-the-declaration',
  'doctype_not_allowed',
  'No DOCTYPE.',
  `<?xml version="1.0"?>${doctype.plain}${sound}`,
);
refuse('xml/doctype-inside', 'doctype_not_allowed', 'No DOCTYPE.', behind('</samlp:Status>', doctype.plain));
refuse(
  'xml/doctype-entity-for-the-name-id',
  'doctype_not_allowed',
  'No DOCTYPE; the signature is sound for who expands the entity.',
  `<!DOCTYPE samlp:Response [<!ENTITY who "ada@example.com">]>${edit(sound, 'ada@example.com', '&who;')}`,
);
refuse(
  'xml/doctype-default-for-a-signed-attribute',
  'doctype_not_allowed',
  'No DOCTYPE; the signature is sound for who adds the default.',
  `<!DOCTYPE samlp:Response [<!ATTLIST saml:Audience x CDATA "y">]>${signedWith('<saml:Audience>', '<saml:Audience>', '<saml:Audience x="y">')}`,
);
const entities = {
  undeclared: '&who;',
  nbsp: '&nbsp;',
  external: '&xxe;',
  'in-other-case': '&AMP;',
  parameter: '&%who;',
  'with-a-space': '& amp;',
};
for (const [name, text] of Object.entries(entities)) {
  const why = 'No entity but the five.';
  refuse(`xml/entity-${name}`, 'entity_not_allowed', why, inText('engineering', text));
  refuse(
    `xml/entity-${name}-in-an-attribute`,
    'entity_not_allowed',
    why,
    edit(sound, 'SessionIndex="_session"', `SessionIndex="${text}"`),
  );
}
refuse(
  'xml/entity-signed-as-its-value',
  'entity_not_allowed',
  'No entity but the five.',
  signedWith('engineering', 'engineering&nbsp;', 'engineering\u00a0'),
);
const references = {
  nul: '&#0;',
  control: '&#x1F;',
  surrogate: '&#xD800;',
  'surrogate-pair': '&#xD83D;&#xDE00;',
  'not-a-character': '&#xFFFE;',
  'beyond-unicode': '&#x110000;',
  overflow: '&#4294967361;',
  negative: '&#-65;',
  plus: '&#+65;',
  'upper-case-x': '&#X41;',
  empty: '&#;',
  'empty-hexadecimal': '&#x;',
  'not-hexadecimal': '&#xG;',
};
for (const [name, text] of Object.entries(references)) {
  refuse(`xml/reference-${name}`, 'entity_not_allowed', 'A reference to a character of XML 1.0.', inText('engineering', text));
  refuse(
    `xml/reference-${name}-in-an-attribute`,
    'entity_not_allowed',
    'A reference to a character of XML 1.0.',
    edit(sound, 'SessionIndex="_session"', `SessionIndex="${text}"`),
  );
}

// Not well-formed
const malformed = {
  empty: '',
  blank: ' \n',
  text: 'SAML',
  'text-before-the-root': `x${sound}`,
  'text-after-the-root': `${sound}x`,
  'nul-after-the-root': `${sound}\0`,
  'entity-after-the-root': `${sound}&amp;`,
  'cdata-after-the-root': `${sound}<![CDATA[x]]>`,
  'a-second-root': sound + sound.replaceAll('_response', '_other').replaceAll('_assertion', '_more'),
  'an-empty-second-root': `${sound}<x/>`,
  'cut-short': sound.slice(0, -20),
  'cut-in-a-tag': sound.slice(0, -3),
  'end-tag-missing': sound.replace('</samlp:Response>', ''),
  'end-tag-of-another-name': edit(sound, '</saml:Subject>', '</saml:subject>'),
  'end-tag-of-another-prefix': edit(sound, '</samlp:Response>', '</saml2p:Response>'),
  'end-tag-with-an-attribute': edit(sound, '</saml:Subject>', '</saml:Subject x="">'),
  'overlapping-tags': edit(sound, '</saml:Subject>', '<x></saml:Subject></x>'),
  'attribute-without-quotes': edit(sound, 'ID="_assertion"', 'ID=_assertion'),
  'attribute-without-value': edit(sound, 'ID="_assertion"', 'ID="_assertion" x'),
  'attribute-with-mixed-quotes': edit(sound, 'ID="_assertion"', `ID="_assertion'`),
  'attributes-without-space': edit(sound, 'ID="_assertion" Version', 'ID="_assertion"Version'),
  'less-than-in-an-attribute': edit(sound, 'SessionIndex="_session"', 'SessionIndex="<"'),
  'ampersand-alone': inText('engineering', ' & '),
  'entity-without-its-end': inText('engineering', '&amp'),
  'cdata-end-in-text': inText('engineering', ']]>'),
  'cdata-without-end': inText('engineering', '<![CDATA['),
  'cdata-in-lower-case': inText('engineering', '<![cdata[x]]>'),
  'comment-without-end': inText('engineering', '<!-- '),
  'space-before-a-name': inText('engineering', '< y/>'),
  'declaration-not-first': ` <?xml version="1.0"?>${sound}`,
  'declaration-twice': `<?xml version="1.0"?><?xml version="1.0"?>${sound}`,
  'declaration-inside': behind('</samlp:Status>', '<?xml version="1.0"?>'),
  'declaration-of-1-1': `<?xml version="1.1"?>${sound}`,
  'declaration-of-2-0': `<?xml version="2.0"?>${sound}`,
  'declaration-without-version': `<?xml encoding="UTF-8"?>${sound}`,
  'declaration-with-another-attribute': `<?xml version="1.0" charset="utf-16"?>${sound}`,
  'declaration-with-encoding-in-capitals': `<?xml version="1.0" ENCODING="utf-16"?>${sound}`,
  'declaration-with-two-encodings': `<?xml version="1.0" encoding="UTF-8" encoding="UTF-8"?>${sound}`,
  'declaration-with-encoding-first': `<?xml encoding="UTF-8" version="1.0"?>${sound}`,
  'declaration-without-space': `<?xml version="1.0"encoding="UTF-8"?>${sound}`,
  'declaration-half-standalone': `<?xml version="1.0" standalone="maybe"?>${sound}`,
  'declaration-with-text': `<?xml version="1.0" utf-8?>${sound}`,
  json: '{"SAMLResponse":""}',
  control: inText('engineering', '\u0008'),
  'form-feed': inText('engineering', '\f'),
  nul: inText('engineering', '\0'),
  'not-a-character': inText('engineering', '\ufffe'),
};
for (const [name, document] of Object.entries(malformed)) {
  refuse(
    `xml/malformed-${name}`,
    'not_xml',
    'XML 1.0, well-formed, one document element and nothing else.',
    document,
    document === '' ? { posted: { verbatim: Buffer.from(' ').toString('base64') } } : {},
  );
}

// Encodings
const labelled = (encoding) => `<?xml version="1.0" encoding="${encoding}"?>${sound}`;
const umlaut = sound.replace('engineering', 'Br\u00fccken');
const encodings = {
  'utf-16-le': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(labelled('UTF-16'), 'utf16le')]),
  'utf-16-be': Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(labelled('UTF-16'), 'utf16le').swap16()]),
  'utf-32': Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]),
  'utf-16-label-on-utf-8': labelled('UTF-16'),
  'iso-8859-1-label': labelled('ISO-8859-1'),
  'windows-1252-label': labelled('windows-1252'),
  'us-ascii-label': labelled('US-ASCII'),
  'utf-7-label': labelled('UTF-7'),
  'utf8-label-without-hyphen': labelled('UTF8'),
  'ebcdic-label': labelled('IBM037'),
  'empty-label': labelled(''),
  'latin-1-bytes': Buffer.from(umlaut, 'latin1'),
  overlong: spliced(Buffer.from([0xc0, 0xbc])),
  'overlong-of-three': spliced(Buffer.from([0xe0, 0x80, 0xbc])),
  surrogate: spliced(Buffer.from([0xed, 0xa0, 0x80])),
  'beyond-unicode': spliced(Buffer.from([0xf4, 0x90, 0x80, 0x80])),
  'continuation-alone': spliced(Buffer.from([0x80])),
  'cut-sequence': spliced(Buffer.from([0xe2, 0x82])),
  'ff-byte': spliced(Buffer.from([0xff])),
  'cut-at-the-end': Buffer.concat([Buffer.from(sound), Buffer.from([0xe2])]),
};
for (const [name, document] of Object.entries(encodings)) {
  refuse(`encoding/${name}`, 'not_utf8', 'UTF-8 and nothing else, by its bytes and by its label.', document);
}
refuse(
  'encoding/utf-16-without-a-mark',
  'not_xml',
  'UTF-8 and nothing else: here a NUL is in every second place.',
  Buffer.from(sound, 'utf16le'),
);
refuse('encoding/byte-order-mark-twice', 'not_xml', 'One byte order mark is skipped.', `\ufeff\ufeff${sound}`);
refuse(
  'encoding/byte-order-mark-inside',
  'digest_mismatch: Assertion',
  'A byte order mark is skipped at the start only.',
  inText('engineering', '\ufeff'),
);

function spliced(bytes) {
  const [head, tail] = sound.split('engineering');
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]);
}
