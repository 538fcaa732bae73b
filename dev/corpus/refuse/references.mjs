// The ids of a document, and the references by which signatures name what they are about.
import { refuse } from '../case.mjs';
import { assertion, attributeStatement, edit, extensions, response } from '../documents.mjs';
import { sign, signAssertion, signResponse } from '../sign.mjs';

const afterResponseIssuer = (xml, s) => xml.replace('</saml:Issuer>', () => `</saml:Issuer>${s}`);

// Ids
const once = 'An ID stands once in the document, under whatever name.';
for (const attribute of ['ID', 'Id', 'id', 'iD', 'xml:id', 'wsu:Id', 'x:ID']) {
  const name = attribute.replace(':', '-');
  const other = `<x:y xmlns:x="urn:x" xmlns:wsu="urn:wsu" ${attribute}="_assertion"/>`;
  refuse(`ids/duplicate-${name}-in-extensions`, 'duplicate_id', once, signAssertion(response({ extensions: extensions(other) })));
  refuse(
    `ids/duplicate-${name}-in-the-signed-response`,
    'duplicate_id',
    once,
    signResponse(response({ extensions: extensions(other) })),
  );
  const inside = assertion({
    attributeStatement: edit(attributeStatement({ department: ['engineering'] }), '>engineering<', `>${other}<`),
  });
  refuse(`ids/duplicate-${name}-in-the-signed-assertion`, 'duplicate_id', once, signAssertion(response({ assertion: inside })));
  const ofResponse = other.replace('_assertion', '_response');
  refuse(
    `ids/duplicate-${name}-of-the-response`,
    'duplicate_id',
    once,
    signResponse(response({ extensions: extensions(ofResponse) })),
  );
}
refuse(
  'ids/duplicate-on-the-signature',
  'duplicate_id',
  once,
  signAssertion(response(), { edit: { signature: (s) => s.replace('<ds:Signature ', '<ds:Signature Id="_assertion" ') } }),
);
refuse(
  'ids/duplicate-on-key-info',
  'duplicate_id',
  once,
  signAssertion(response(), { keyInfo: '<ds:KeyInfo Id="_assertion"/>' }),
);
refuse(
  'ids/response-and-assertion-share-one',
  'duplicate_id',
  once,
  signResponse(response({ assertion: assertion({ id: '_response' }) })),
);
refuse(
  'ids/response-and-assertion-share-one-both-signed',
  'duplicate_id',
  once,
  signResponse(signAssertion(response(), {})).replace('ID="_response"', 'ID="_assertion"'),
);
refuse(
  'ids/duplicate-of-something-unsigned',
  'duplicate_id',
  once,
  signAssertion(response({ extensions: extensions('<x:y xmlns:x="urn:x" ID="_x"/><x:y xmlns:x="urn:x" ID="_x"/>') })),
);
refuse(
  'ids/duplicate-after-normalization',
  'duplicate_id',
  once,
  signAssertion(response({ extensions: extensions('<x:y xmlns:x="urn:x" ID="&#x5F;assertion"/>') })),
);

const alias = 'What can be signed has one identifier, its ID.';
for (const attribute of ['Id', 'id', 'iD', 'xml:id', 'wsu:Id', 'saml:ID']) {
  const name = attribute.replace(':', '-');
  const attributes = ` xmlns:wsu="urn:wsu" ${attribute}="_alias"`;
  const ofAssertion = response({ assertion: assertion({ attributes }) });
  refuse(`ids/alias-${name}-on-the-assertion`, 'id_alias', alias, signAssertion(ofAssertion));
  refuse(`ids/alias-${name}-on-the-assertion-of-a-signed-response`, 'id_alias', alias, signResponse(ofAssertion));
  refuse(`ids/alias-${name}-on-the-response`, 'id_alias', alias, signResponse(response({ attributes })));
  refuse(`ids/alias-${name}-referred-to`, 'id_alias', alias, signAssertion(ofAssertion, { uri: '#_alias' }));
  refuse(
    `ids/alias-${name}-alone`,
    'id_alias',
    alias,
    signResponse(response({ assertion: assertion({ id: null, attributes }) })),
  );
}

// References
const about = 'The reference is `#` and the ID of the element around the signature.';
const uris = {
  empty: '',
  missing: null,
  hash: '#',
  'without-hash': '_assertion',
  'of-the-response': '#_response',
  'of-nothing': '#_nothing',
  'other-case': '#_Assertion',
  'space-behind': '#_assertion ',
  'space-before': ' #_assertion',
  escaped: '#%5Fassertion',
  xpointer: "#xpointer(id('_assertion'))",
  'xpointer-root': '#xpointer(/)',
  file: 'file:///etc/passwd',
  http: 'http://169.254.169.254/latest',
  'http-with-fragment': 'https://idp.example/response.xml#_assertion',
  'path-with-fragment': '/x#_assertion',
  cid: 'cid:_assertion',
};
for (const [name, uri] of Object.entries(uris)) {
  refuse(`references/${name}`, 'reference_elsewhere', about, signAssertion(response(), { uri }));
}
// An empty reference means the whole document: the digest is of the Response, and it is right.
refuse('references/empty-on-the-response', 'reference_elsewhere', about, signResponse(response(), { uri: '' }));
refuse('references/missing-on-the-response', 'reference_elsewhere', about, signResponse(response(), { uri: null }));
refuse(
  'references/of-the-assertion-on-the-response',
  'reference_elsewhere',
  about,
  sign(response(), { id: '_assertion', place: afterResponseIssuer }),
);
refuse(
  'references/in-a-namespace',
  'reference_elsewhere',
  'URI is an attribute without a namespace.',
  signAssertion(response(), { edit: { reference: (s) => s.replace(' URI=', ' ds:URI=') } }),
);
const noId = response({ assertion: assertion({ id: '_assertion' }) });
const dropId = (s) => s.replace(' ID="_assertion"', '');
refuse(
  'references/to-an-element-without-id',
  'reference_elsewhere',
  about,
  dropId(signAssertion(noId, { edit: { canonical: dropId } })),
);
refuse(
  'references/empty-to-an-element-without-id',
  'reference_elsewhere',
  about,
  dropId(signAssertion(noId, { uri: '', edit: { canonical: dropId } })),
);
refuse(
  'references/hash-to-an-element-with-an-empty-id',
  'reference_elsewhere',
  about,
  signAssertion(noId, { uri: '#', edit: { canonical: (s) => s.replace('ID="_assertion"', 'ID=""') } }).replace(
    'ID="_assertion"',
    'ID=""',
  ),
);
refuse(
  'references/both-signed-and-one-elsewhere',
  'reference_elsewhere',
  about,
  signResponse(signAssertion(response(), { uri: '#_response' })),
);
refuse(
  'references/both-signed-and-the-other-elsewhere',
  'reference_elsewhere',
  about,
  signResponse(signAssertion(response()), { uri: '#_assertion' }),
);
