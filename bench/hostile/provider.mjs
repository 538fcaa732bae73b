// The identity provider whose responses the hostile documents are made of.
import { scene } from '../../dev/corpus/documents.mjs';
import { metadataXml } from '../../dev/idp/samlify.mjs';

export const providerXml = ({ certificate }) =>
  metadataXml({ entityId: scene.issuer, ssoUrl: 'https://idp.example.com/sso', certificates: [certificate] });
