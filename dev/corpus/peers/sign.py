"""Makes the signed responses beside this file, with signers that are not written in JavaScript.

    node dev/corpus/peers/unsigned.mjs | python dev/corpus/peers/sign.py PATH-OF-XMLSEC1

The files are committed and the corpus takes them as they are: no test needs Python. They come out the same each time, with
pysaml2 7.5.5 (and xmlsec1 1.2.37), python-xmlsec 1.3.17 (libxmlsec 1.3.9), signxml 5.2.0, lxml 6.1.3, freezegun.
"""

import json
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import signxml
import xmlsec
from freezegun import freeze_time
from lxml import etree
from saml2 import BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS, NameID
from saml2.server import Server

DS = "http://www.w3.org/2000/09/xmldsig#"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"

given = json.load(sys.stdin)
xmlsec_binary = sys.argv[1]
folder = Path(__file__).parent


def pem(label, text):
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


certificate = pem("CERTIFICATE", given["certificate"])


def element_of(document, identifier):
    return document.xpath("//*[@ID=$id]", id=identifier)[0]


def by_xmlsec(document, identifier, prefixes=None, algorithm=xmlsec.constants.TransformRsaSha256, prefix="ds"):
    """libxmlsec through python-xmlsec."""
    element = element_of(document, identifier)
    exclusive = xmlsec.constants.TransformExclC14N
    signature = xmlsec.template.create(document, exclusive, algorithm, ns=prefix)
    element.find(f"{SAML}Issuer").addnext(signature)
    digest = {
        xmlsec.constants.TransformRsaSha256: xmlsec.constants.TransformSha256,
        xmlsec.constants.TransformRsaSha384: xmlsec.constants.TransformSha384,
        xmlsec.constants.TransformRsaSha512: xmlsec.constants.TransformSha512,
    }[algorithm]
    reference = xmlsec.template.add_reference(signature, digest, uri=f"#{identifier}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    transform = xmlsec.template.add_transform(reference, exclusive)
    if prefixes:
        xmlsec.template.transform_add_c14n_inclusive_namespaces(transform, prefixes)
    info = xmlsec.template.ensure_key_info(signature)
    xmlsec.template.add_x509_data(info)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(given["privateKey"], xmlsec.constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(certificate, xmlsec.constants.KeyDataFormatPem)
    xmlsec.tree.add_ids(document, ["ID"])
    context.sign(signature)
    return document


def by_signxml(document, identifier, algorithm="rsa-sha256", digest="sha256"):
    """signxml, which is Python and lxml's canonicalizer."""
    element = element_of(document, identifier)
    element.find(f"{SAML}Issuer").addnext(etree.Element(f"{{{DS}}}Signature", {"Id": "placeholder"}, {"ds": DS}))
    signer = signxml.XMLSigner(
        method=signxml.methods.enveloped,
        signature_algorithm=algorithm,
        digest_algorithm=digest,
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    return signer.sign(document, key=given["privateKey"].encode(), cert=certificate, reference_uri=identifier)


def layout(name):
    one = given["layouts"][name]
    return etree.fromstring(one["xml"].encode()), one["ids"]


def keep(name, text):
    (folder / f"{name}.xml").write_text(text, encoding="utf-8")


def keep_tree(name, document):
    keep(name, etree.tostring(document, encoding="unicode"))


def libxmlsec():
    document, ids = layout("okta")
    for kind in ("assertion", "response"):
        by_xmlsec(document, ids[kind], prefixes=["xs"])
    keep_tree("libxmlsec-okta-both", document)

    document, ids = layout("keycloak")
    keep_tree("libxmlsec-keycloak-response", by_xmlsec(document, ids["response"], prefix="dsig"))

    document, ids = layout("entra")
    keep_tree("libxmlsec-entra-assertion", by_xmlsec(document, ids["assertion"], prefix=None))

    document, ids = layout("shibboleth")
    sha384 = xmlsec.constants.TransformRsaSha384
    keep_tree("libxmlsec-shibboleth-response", by_xmlsec(document, ids["response"], algorithm=sha384))

    document, ids = layout("simplesamlphp")
    sha512 = xmlsec.constants.TransformRsaSha512
    for kind in ("assertion", "response"):
        by_xmlsec(document, ids[kind], prefixes=["xs", "xsi", "#default"], algorithm=sha512)
    keep_tree("libxmlsec-simplesamlphp-both", document)


def by_signxml_alone():
    for name, kind, algorithm, digest in (
        ("adfs", "assertion", "rsa-sha256", "sha256"),
        ("google", "response", "rsa-sha256", "sha256"),
        ("onelogin", "assertion", "rsa-sha384", "sha384"),
        ("auth0", "response", "rsa-sha512", "sha512"),
    ):
        document, ids = layout(name)
        keep_tree(f"signxml-{name}-{kind}", by_signxml(document, ids[kind], algorithm, digest))


SP_METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{audience}">
<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{acsUrl}" index="0"/>
</md:SPSSODescriptor></md:EntityDescriptor>"""


def pysaml2():
    """pysaml2 writes the whole response itself, and signs with xmlsec1."""
    scene, person = given["scene"], given["person"]
    with TemporaryDirectory() as scratch:
        here = Path(scratch)
        (here / "key.pem").write_text(given["privateKey"])
        (here / "cert.pem").write_text(certificate)
        (here / "sp.xml").write_text(SP_METADATA.format(**scene))
        config = IdPConfig().load(
            {
                "entityid": scene["issuer"],
                "xmlsec_binary": xmlsec_binary,
                "key_file": str(here / "key.pem"),
                "cert_file": str(here / "cert.pem"),
                "metadata": {"local": [str(here / "sp.xml")]},
                "service": {
                    "idp": {
                        "endpoints": {"single_sign_on_service": [("https://idp.example/sso", BINDING_HTTP_REDIRECT)]},
                        "policy": {
                            "default": {
                                "lifetime": {"minutes": 5},
                                "attribute_restrictions": None,
                                "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
                            }
                        },
                    }
                },
            }
        )
        server = Server(config=config)
        identity = {
            "mail": [person["email"]],
            "givenName": [person["givenName"]],
            "sn": [person["familyName"]],
            "displayName": [person["displayName"]],
            "eduPersonAffiliation": person["groups"],
        }
        sha256 = {
            "sign_alg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "digest_alg": "http://www.w3.org/2001/04/xmlenc#sha256",
        }
        for name, sign_response, sign_assertion, algorithms in (
            ("assertion", False, True, sha256),
            ("response", True, False, sha256),
            ("both", True, True, sha256),
            ("both-by-default", True, True, {}),
        ):
            numbers = count()
            with patch("saml2.s_utils.sid", lambda: f"id-{next(numbers)}"), patch(
                "saml2.entity.sid", lambda: f"id-{next(numbers)}"
            ), patch("saml2.assertion.sid", lambda: f"id-{next(numbers)}"), freeze_time(scene["now"]):
                response = server.create_authn_response(
                    identity,
                    in_response_to="_request",
                    destination=scene["acsUrl"],
                    sp_entity_id=scene["audience"],
                    name_id=NameID(format=NAMEID_FORMAT_EMAILADDRESS, text=person["email"]),
                    authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": scene["issuer"]},
                    sign_response=sign_response,
                    sign_assertion=sign_assertion,
                    **algorithms,
                )
            keep(f"pysaml2-{name}", str(response))


libxmlsec()
by_signxml_alone()
pysaml2()
