// Names and namespaces: what is none, and what could be taken for SAML.
import { refuse } from '../case.mjs';
import { assertion, attributeStatement, edit, extensions, nameId, response, scene, subject } from '../documents.mjs';
import { ns } from '../names.mjs';
import { signAssertion, signResponse } from '../sign.mjs';

const sound = signAssertion(response());
/** Puts something into the signed assertion, and its canonical form into what is digested. */
const signedWith = (from, to, canonical) =>
  edit(signAssertion(response(), { edit: { canonical: (text) => edit(text, from, canonical) } }), from, to);

// Names and namespaces. Each stands in Extensions, beside the signed assertion; and, where a canonical form can be
// thought of, in the assertion, with a digest of that form.
const names = {
  'unbound-prefix': ['unbound_prefix', '<x:y/>'],
  'unbound-attribute-prefix': ['unbound_prefix', '<y x:z=""/>'],
  'prefix-out-of-scope': ['unbound_prefix', '<y><z xmlns:x="urn:x"/><x:z/></y>'],
  'prefix-xmlns': ['unbound_prefix', '<xmlns:y/>'],
  'attribute-twice': ['duplicate_attribute', '<y a="" a=""/>'],
  'attribute-twice-by-namespace': ['duplicate_attribute', '<y xmlns:a="urn:a" xmlns:b="urn:a" a:x="" b:x=""/>'],
  'attribute-twice-by-normalized-namespace': ['duplicate_attribute', '<y xmlns:a="urn:a" xmlns:b="urn:&#97;" a:x="" b:x=""/>'],
  'declaration-twice': ['duplicate_attribute', '<y xmlns:a="urn:a" xmlns:a="urn:b"/>'],
  'default-declaration-twice': ['duplicate_attribute', '<y xmlns="urn:a" xmlns="urn:a"/>'],
  'xml-declared': ['namespace_not_allowed', '<y xmlns:xml="http://www.w3.org/XML/1998/namespace"/>'],
  'xml-redefined': ['namespace_not_allowed', '<y xmlns:xml="urn:x"/>'],
  'xmlns-declared': ['namespace_not_allowed', '<y xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>'],
  'prefix-of-xml-namespace': ['namespace_not_allowed', '<y xmlns:a="http://www.w3.org/XML/1998/namespace"/>'],
  'default-of-xml-namespace': ['namespace_not_allowed', '<y xmlns="http://www.w3.org/XML/1998/namespace"/>'],
  'prefix-of-xmlns-namespace': ['namespace_not_allowed', '<y xmlns:a="http://www.w3.org/2000/xmlns/"/>'],
  'prefix-taken-back': ['namespace_not_allowed', '<y xmlns:a=""/>'],
  'relative-namespace': ['namespace_not_allowed', '<y xmlns:a="assertion"/>'],
  'relative-path': ['namespace_not_allowed', '<y xmlns:a="../x"/>'],
  'relative-default': ['namespace_not_allowed', '<y xmlns="x/y"/>'],
  'network-path': ['namespace_not_allowed', '<y xmlns:a="//idp.example/x"/>'],
  'only-a-fragment': ['namespace_not_allowed', '<y xmlns:a="#x"/>'],
  'only-a-scheme': ['namespace_not_allowed', '<y xmlns:a="urn:"/>'],
  'blank-namespace': ['namespace_not_allowed', '<y xmlns:a=" "/>'],
  'two-colons': ['not_xml', '<a:b:c/>'],
  'colon-first': ['not_xml', '<:y/>'],
  'colon-last': ['not_xml', '<a:/>'],
  'attribute-colon-first': ['not_xml', '<y :z=""/>'],
  'digit-first': ['not_xml', '<1y/>'],
  'hyphen-first': ['not_xml', '<-y/>'],
  'combining-first': ['not_xml', '<\u0301y/>'],
  'no-break-space-in-a-name': ['not_xml', '<y\u00a0a=""/>'],
};
for (const [name, [code, content]] of Object.entries(names)) {
  refuse(
    `xml/name-${name}`,
    code,
    'Namespaces in XML 1.0, and absolute namespace names.',
    signAssertion(response({ assertion: assertion() })).replace('<samlp:Status>', () => `${extensions(content)}<samlp:Status>`),
  );
  refuse(
    `xml/name-${name}-in-the-assertion`,
    code,
    'Namespaces in XML 1.0, and absolute namespace names.',
    signedWith('engineering', content, content.replace(/\/>$/, '></y>')),
  );
}

// What looks like SAML under another name
const confusion = {
  'assertion-namespace-with-a-slash': sound.replaceAll(ns.saml, `${ns.saml}/`),
  'default-namespace-taken-back': signResponse(
    response({ assertion: assertion().replaceAll('saml:', '').replace('<Assertion', '<Assertion xmlns=""') }),
  ),
  'prefix-bound-anew': signResponse(
    response({ assertion: assertion().replace('<saml:Assertion', '<saml:Assertion xmlns:saml="urn:x"') }),
  ),
};
for (const [name, document] of Object.entries(confusion)) {
  refuse(`xml/namespace-${name}`, 'no_assertion', 'Elements are known by namespace and local name, never by prefix.', document);
}
refuse(
  'xml/namespace-subject-by-prefix-only',
  'no_bearer_confirmation',
  'Elements are known by namespace and local name, never by prefix.',
  signAssertion(
    response({ assertion: assertion({ subject: subject().replace('<saml:Subject>', '<saml:Subject xmlns:saml="urn:x">') }) }),
  ),
);
refuse(
  'xml/namespace-name-id-by-prefix-only',
  'no_name_id',
  'Elements are known by namespace and local name, never by prefix.',
  signAssertion(
    response({
      assertion: assertion({ subject: subject({ id: nameId().replace('<saml:NameID', '<saml:NameID xmlns:saml="urn:x"') }) }),
    }),
  ),
);
refuse(
  'xml/attribute-in-the-assertion-namespace-is-not-the-attribute',
  'response_malformed: an Attribute without Name',
  'Attributes of SAML are in no namespace.',
  signAssertion(
    response({ assertion: assertion({ attributeStatement: attributeStatement({ a: ['b'] }).replace(' Name=', ' saml:Name=') }) }),
  ),
);
refuse(
  'xml/issuer-by-prefix-only',
  'unknown_issuer',
  'Elements are known by namespace and local name, never by prefix.',
  response({ issuer: `<saml:Issuer xmlns:saml="urn:x">${scene.issuer}</saml:Issuer>`, assertion: assertion({ issuer: '' }) }),
);
