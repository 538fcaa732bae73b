//! What an honest identity provider said and signed: responses for several people in several shapes, among them some that
//! we must not take, and signatures over other things. Digests and signatures are over a peer's canonical bytes.

use crate::peer::canonical::{Prefixes, canonical};
use crate::scheme::Scheme;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The identity provider's name.
pub const ISSUER: &str = "https://idp.example/entity";
/// Our name.
pub const AUDIENCE: &str = "sp.example";
/// Where responses are posted.
pub const ACS_URL: &str = "https://sp.example/saml/acme/acs";
/// The clock of every run.
pub const NOW: &str = "2026-11-22T06:00:00Z";
/// The request of this browser that is open.
pub const REQUEST: &str = "_request";

const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// What one assertion says: what a verifier may say that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// `ID`
    pub id: String,
    /// `NameID`
    pub name_id: String,
    /// Its format.
    pub format: Option<String>,
    /// Attributes with their values, in order.
    pub attributes: Vec<(String, Vec<String>)>,
    /// `SessionIndex`
    pub session_index: Option<String>,
    /// `SessionNotOnOrAfter`
    pub session_end: Option<String>,
    /// The request that it answers.
    pub answers: Option<String>,
    /// Whether it holds here and now.
    pub holds: bool,
}

/// Everything that was said and signed.
pub struct Honest {
    /// The signatures.
    pub scheme: Scheme,
    /// Each signed document, by a name for its file.
    pub documents: Vec<(String, String)>,
    /// What the assertion says in each canonical form that was signed.
    pub said: HashMap<String, Said>,
}

struct Person {
    name: &'static str,
    /// The NameID as it is written, and as it reads.
    name_id: (&'static str, &'static str),
    format: Option<&'static str>,
    /// Names, with each value as it is written and as it reads.
    attributes: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    audience: &'static str,
    issuer: &'static str,
    end: &'static str,
    session_end: Option<&'static str>,
    answers: Option<&'static str>,
}

const ADA: Person = Person {
    name: "ada",
    name_id: ("ada@example.com", "ada@example.com"),
    format: Some(EMAIL),
    attributes: &[
        ("department", &[("engineering", "engineering")]),
        ("groups", &[("admins", "admins"), ("staff", "staff")]),
    ],
    audience: AUDIENCE,
    issuer: ISSUER,
    end: "2026-11-22T06:05:00Z",
    session_end: Some("2026-11-22T14:00:00Z"),
    answers: None,
};

const PEOPLE: [Person; 6] = [
    ADA,
    Person {
        name: "ben",
        name_id: ("  ben\n", "ben"),
        format: Some(PERSISTENT),
        attributes: &[],
        session_end: None,
        answers: Some(REQUEST),
        ..ADA
    },
    // Whoever chooses their own names chooses these.
    Person {
        name: "mallory",
        name_id: (
            "mallory&lt;/saml:NameID&gt;&lt;!--<![CDATA[--><saml:NameID>ada@example.com</saml:NameID>]]>",
            "mallory</saml:NameID><!----><saml:NameID>ada@example.com</saml:NameID>",
        ),
        format: None,
        attributes: &[
            ("department", &[("", ""), ("&#13;&#10; x&#9;\u{10000}", "x\t\u{10000}")]),
            (
                "&quot;/>&amp;lt;",
                &[("&lt;saml:Assertion ID=&quot;_ada-1&quot;>]]&gt;", "<saml:Assertion ID=\"_ada-1\">]]>")],
            ),
        ],
        session_end: None,
        ..ADA
    },
    // These three are signed, and must not be taken.
    Person {
        name: "elsewhere",
        name_id: ("root@other.example", "root@other.example"),
        audience: "other.example",
        ..ADA
    },
    Person { name: "late", name_id: ("late@example.com", "late@example.com"), end: "2026-11-22T05:50:00Z", ..ADA },
    Person {
        name: "tenant",
        name_id: ("tenant@example.com", "tenant@example.com"),
        issuer: "https://idp.example/b",
        ..ADA
    },
];

/// How a response is written and what of it is signed.
struct Shape {
    /// Prefix of the namespace of assertions, with its colon.
    prefix: &'static str,
    /// Prefix of the namespace of signatures, with its colon.
    dsig: &'static str,
    prefixes: Prefixes<'static>,
    assertion: bool,
    response: bool,
}

const SHAPES: [Shape; 5] = [
    Shape { prefix: "saml:", dsig: "ds:", prefixes: Some(&[]), assertion: true, response: false },
    Shape { prefix: "saml:", dsig: "ds:", prefixes: Some(&["xs"]), assertion: true, response: true },
    Shape { prefix: "", dsig: "", prefixes: Some(&["#default", "xs"]), assertion: true, response: false },
    Shape { prefix: "saml2:", dsig: "ds:", prefixes: Some(&[]), assertion: false, response: true },
    Shape { prefix: "saml:", dsig: "", prefixes: None, assertion: true, response: false },
];

impl Honest {
    /// Says and signs it all.
    pub fn new() -> Self {
        let mut honest = Self { scheme: Scheme::default(), documents: Vec::new(), said: HashMap::new() };
        for person in &PEOPLE {
            for (number, shape) in SHAPES.iter().enumerate() {
                honest.respond(person, shape, number);
            }
        }
        honest.sign_other_things();
        honest
    }

    fn respond(&mut self, person: &Person, shape: &Shape, number: usize) {
        let name = format!("{}-{number}", person.name);
        let said = Said {
            id: format!("_{name}"),
            name_id: person.name_id.1.to_owned(),
            format: person.format.map(str::to_owned),
            attributes: person
                .attributes
                .iter()
                .map(|(name, values)| (read(name), values.iter().map(|v| v.1.to_owned()).collect()))
                .collect(),
            session_index: Some(format!("_s-{name}")),
            session_end: person.session_end.map(|end| end.replace('Z', ".000Z")),
            answers: person.answers.map(str::to_owned),
            holds: person.audience == AUDIENCE && person.issuer == ISSUER && person.end > NOW,
        };
        let mut xml = response(person, shape.prefix, &name);
        // Issuer, Status, Assertion; a signature after Issuer comes in between.
        if shape.assertion {
            let id = format!("_{name}");
            let canonical = self.sign(&mut xml, &id, &[2], shape);
            self.said.insert(canonical, said.clone());
        }
        if shape.response {
            let id = format!("_r-{name}");
            let canonical = self.sign(&mut xml, &id, &[], shape);
            self.said.insert(canonical, said);
        }
        self.documents.push((name, xml));
    }

    /// Signatures of the same key over what is no assertion.
    fn sign_other_things(&mut self) {
        let [exclusive, ..] = &SHAPES;
        let names =
            "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        let head = |name: &str| {
            format!(
                "{names} ID=\"_{name}\" Version=\"2.0\" IssueInstant=\"{NOW}\" Destination=\"{ACS_URL}\"><saml:Issuer>{ISSUER}</saml:Issuer>"
            )
        };
        let status = |code: &str| {
            format!(
                "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{code}\"/></samlp:Status>"
            )
        };
        for (name, mut xml) in [
            ("refusal", format!("<samlp:Response {}{}</samlp:Response>", head("refusal"), status("Responder"))),
            ("logout", format!("<samlp:LogoutResponse {}{}</samlp:LogoutResponse>", head("logout"), status("Success"))),
            (
                "metadata",
                format!(
                    "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" {names} ID=\"_metadata\" entityID=\"{ISSUER}\">\
                     <md:Extensions><saml:Issuer>{ISSUER}</saml:Issuer></md:Extensions></md:EntityDescriptor>"
                ),
            ),
        ] {
            self.sign(&mut xml, &format!("_{name}"), &[], exclusive);
            self.documents.push((name.to_owned(), xml));
        }
    }

    /// Puts a signature of the element `id` at `path` after the first `Issuer` in it. The canonical bytes that it covers.
    fn sign(&mut self, xml: &mut String, id: &str, path: &[usize], shape: &Shape) -> String {
        let covered = canonical(xml, path, shape.prefixes, None).expect("a canonical form");
        let digest = STANDARD.encode(Sha256::digest(&covered));
        let (d, declaration) = (shape.dsig, if shape.dsig.is_empty() { "xmlns" } else { "xmlns:ds" });
        let list = shape.prefixes.filter(|words| !words.is_empty()).map_or(String::new(), |words| {
            format!("<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{}\"/>", words.join(" "))
        });
        let exclusive = match shape.prefixes {
            Some(_) => format!("<{d}Transform Algorithm=\"{EXCLUSIVE}\">{list}</{d}Transform>"),
            None => String::new(),
        };
        let signature = format!(
            "<{d}Signature {declaration}=\"{DSIG}\"><{d}SignedInfo><{d}CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/>\
             <{d}SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/><{d}Reference URI=\"#{id}\">\
             <{d}Transforms><{d}Transform Algorithm=\"{DSIG}enveloped-signature\"/>{exclusive}</{d}Transforms>\
             <{d}DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><{d}DigestValue>{digest}</{d}DigestValue>\
             </{d}Reference></{d}SignedInfo><{d}SignatureValue>@</{d}SignatureValue></{d}Signature>"
        );
        let at = xml.find(&format!("ID=\"{id}\"")).expect("the element");
        let end = xml[at..].find("</").map(|end| at + end).expect("the end of its Issuer");
        let end = xml[end..].find('>').map(|after| end + after + 1).expect("the end of its tag");
        xml.insert_str(end, &signature);
        // The signature is the second child wherever the Issuer is the first; in metadata it comes inside Extensions.
        let info = if xml.contains("Extensions") { vec![0, 1, 0] } else { [path, &[1, 0]].concat() };
        let message = canonical(xml, &info, Some(&[]), None).expect("a canonical form of SignedInfo");
        let value = STANDARD.encode(self.scheme.sign(&message));
        *xml = xml.replacen(">@<", &format!(">{value}<"), 1);
        covered
    }
}

impl Default for Honest {
    fn default() -> Self {
        Self::new()
    }
}

fn read(name: &str) -> String {
    name.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&")
}

fn response(person: &Person, p: &str, name: &str) -> String {
    const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
    let Person { issuer, audience, end, .. } = person;
    let option = |name: &str, value: Option<&str>| value.map_or(String::new(), |value| format!(" {name}=\"{value}\""));
    let (outer, inner) = match p.trim_end_matches(':') {
        "" => (String::new(), format!(" xmlns=\"{ASSERTION}\"")),
        prefix => (format!(" xmlns:{prefix}=\"{ASSERTION}\""), String::new()),
    };
    let value = |(text, _): &(&str, &str)| format!("<{p}AttributeValue>{text}</{p}AttributeValue>");
    let attribute = |(name, values): &(&str, &[(&str, &str)])| {
        format!("<{p}Attribute Name=\"{name}\">{}</{p}Attribute>", values.iter().map(value).collect::<String>())
    };
    let statement = person.attributes.iter().map(attribute).collect::<String>();
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"{outer} xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         ID=\"_r-{name}\" Version=\"2.0\" IssueInstant=\"{NOW}\" Destination=\"{ACS_URL}\"{in_response_to}>\
         <{p}Issuer{inner}>{issuer}</{p}Issuer>\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <{p}Assertion{inner} ID=\"_{name}\" Version=\"2.0\" IssueInstant=\"{NOW}\"><{p}Issuer>{issuer}</{p}Issuer>\
         <{p}Subject><{p}NameID{format}>{name_id}</{p}NameID>\
         <{p}SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <{p}SubjectConfirmationData{in_response_to} NotOnOrAfter=\"{end}\" Recipient=\"{ACS_URL}\"/></{p}SubjectConfirmation></{p}Subject>\
         <{p}Conditions NotBefore=\"2026-11-22T05:40:00Z\" NotOnOrAfter=\"{end}\">\
         <{p}AudienceRestriction><{p}Audience>{audience}</{p}Audience></{p}AudienceRestriction></{p}Conditions>\
         <{p}AuthnStatement AuthnInstant=\"{NOW}\" SessionIndex=\"_s-{name}\"{session_end}/>\
         <{p}AttributeStatement>{statement}</{p}AttributeStatement></{p}Assertion></samlp:Response>",
        in_response_to = option("InResponseTo", person.answers),
        format = option("Format", person.format),
        name_id = person.name_id.0,
        session_end = option("SessionNotOnOrAfter", person.session_end),
    )
}
