// The same verification by node-saml, as one would configure it for this identity provider.
import { SAML } from '@node-saml/node-saml';

export default {
  async fetch(request) {
    const { issuer, audience, acsUrl, certificate, samlResponse, times } = await request.json();
    const saml = new SAML({
      idpCert: certificate,
      idpIssuer: issuer,
      issuer: audience,
      audience,
      callbackUrl: acsUrl,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: false,
      acceptedClockSkewMs: 120_000,
    });
    let accepted = 0;
    for (let i = 0; i < times; i++) {
      const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: samlResponse });
      accepted += Number(profile.nameID !== '');
    }
    return Response.json({ accepted });
  },
};
