// Sign-ins, signed before they are measured.
import { say } from '../../dev/setup/say.mjs';
import { IdentityProvider } from './response.mjs';

/** So many forms to post, each with a response of its own, from a provider that is added to an account. */
export async function presigned(postern, account, { count, people }) {
  const idp = await IdentityProvider.make();
  const sp = await addProvider(postern, account, idp);
  say(`Signing ${count} responses beforehand`);
  const { pathname, search } = new URL(sp.acsUrl);
  const forms = [];
  for (let index = 0; index < count; index++) {
    const response = await idp.sign({ audience: sp.entityId, acsUrl: sp.acsUrl, person: index % people });
    forms.push(formOf(pathname + search, response));
  }
  return forms;
}

/** Adds an identity provider whose people are made users. Resolves to what it is told of us. */
export async function addProvider(postern, account, { metadataXml }) {
  const provider = { name: 'Bench', kind: 'other', metadataXml, jit: { enabled: true } };
  const { status, body } = await postern.admin('POST', `/accounts/${account}/providers`, provider);
  if (status !== 201) throw new Error(`The provider was not created: ${status} ${JSON.stringify(body)}`);
  return body.sp;
}

/** The form with a response that is posted to an ACS of this path. */
export function formOf(path, samlResponse) {
  return { path, body: new URLSearchParams({ SAMLResponse: samlResponse }).toString() };
}
