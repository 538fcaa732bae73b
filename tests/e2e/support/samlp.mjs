// The same responses as samlify's, signed by another library: samlp, on saml and an older xml-crypto.
import samlp from 'samlp';

const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/**
 * A signed SAML response, base64. Takes the fields of `signWithSamlify` that samlp knows: not `algorithm`, `assertionId`,
 * `responseId`, `notBefore` (always `now`), nor `sessionNotOnOrAfter`. `options` are samlp's own, on top of them.
 */
export async function signWithSamlp(keys, response) {
  const { issuer, audience, recipient, destination = recipient, nameId, nameIdFormat = EMAIL_FORMAT, attributes = {} } = response;
  const { inResponseTo, sign = 'assertion', sessionIndex, now = Date.now(), notOnOrAfter = now + 300_000 } = response;
  const { options: more } = response;
  const options = {
    issuer,
    audience,
    recipient,
    destination,
    inResponseTo,
    sessionIndex,
    key: keys.privateKey,
    cert: keys.certificate,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    signAssertion: sign !== 'response',
    signResponse: sign !== 'assertion',
    lifetimeInSeconds: (notOnOrAfter - now) / 1000,
    profileMapper: () => ({
      getClaims: () => attributes,
      getNameIdentifier: () => ({ nameIdentifier: nameId, nameIdentifierFormat: nameIdFormat }),
    }),
    ...more,
  };
  const xml = await at(now, () => new Promise((resolve, reject) => {
    samlp.getSamlResponse(options, {}, (error, text) => (error ? reject(error) : resolve(text)));
  }));
  return Buffer.from(xml).toString('base64');
}

/** Runs `work` at another time, for libraries without a clock to set. They read it synchronously: nothing else sees this one. */
export function at(now, work) {
  const RealDate = Date;
  globalThis.Date = class Date extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [now] : args));
    }
    static now() {
      return now;
    }
  };
  try {
    return work();
  } finally {
    globalThis.Date = RealDate;
  }
}
