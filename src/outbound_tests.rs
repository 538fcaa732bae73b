use super::*;
use std::cell::RefCell;

#[test]
fn public_names_over_https_are_asked() {
    for url in [
        "https://idp.example.com/metadata",
        "HTTPS://IDP.example.com:8443/a?b=c%20d",
        "https://xn--bcher-kva.example/x",
        "https://idp.example.com.",
        "https://123.example.com/",
    ] {
        assert_eq!(RemoteUrl::parse(url, false).map(|url| url.url), Ok(url.to_owned()));
    }
}

#[test]
fn other_urls_are_not() {
    let long = format!("https://idp.example/{}", "x".repeat(MAX_URL));
    for (url, error) in [
        ("", UrlError::Scheme),
        ("idp.example.com/metadata", UrlError::Scheme),
        ("http://idp.example.com/", UrlError::Scheme),
        ("ftp://idp.example.com/", UrlError::Scheme),
        ("file:///etc/passwd", UrlError::Scheme),
        ("data:text/xml,<a/>", UrlError::Malformed),
        ("https://user:secret@idp.example.com/", UrlError::Credentials),
        ("https://idp.example.com@evil.example/", UrlError::Credentials),
        ("https://idp.example.com\\@evil.example/", UrlError::Malformed),
        ("https://idp.example.com/a b", UrlError::Malformed),
        ("https://idp.example.com/#a", UrlError::Malformed),
        ("https://idp.exämple.com/", UrlError::Malformed),
        (&long, UrlError::Malformed),
        ("https://", UrlError::Host),
        ("https:///path", UrlError::Host),
        ("https://intranet/", UrlError::Host),
        ("https://localhost/", UrlError::Host),
        ("https://LOCALHOST./", UrlError::Host),
        ("https://a.localhost/", UrlError::Host),
        ("https://printer.local/", UrlError::Host),
        ("https://metadata.google.internal/", UrlError::Host),
        ("https://router.home.arpa/", UrlError::Host),
        ("https://127.0.0.1/", UrlError::Host),
        ("https://10.0.0.1:8443/", UrlError::Host),
        ("https://169.254.169.254/latest", UrlError::Host),
        ("https://8.8.8.8/", UrlError::Host),
        ("https://127.1/", UrlError::Host),
        ("https://2130706433/", UrlError::Host),
        ("https://0x7f.0.0.0x1/", UrlError::Host),
        ("https://0177.0.0.1./", UrlError::Host),
        ("https://[::1]/", UrlError::Host),
        ("https://[::ffff:10.0.0.1]/", UrlError::Host),
        ("https://[2606:4700::1111]/", UrlError::Host),
        ("https://%6cocalhost/", UrlError::Host),
        ("https://a..example/", UrlError::Host),
    ] {
        assert_eq!(RemoteUrl::parse(url, false), Err(error), "{url}");
    }
}

#[test]
fn a_machine_of_its_own_may_ask_itself() {
    for url in ["http://localhost:8080/a", "http://127.0.0.1/", "https://[::1]:8443/", "http://idp.localhost/"] {
        assert!(RemoteUrl::parse(url, true).is_ok(), "{url}");
        assert!(RemoteUrl::parse(url, false).is_err(), "{url}");
    }
    for url in ["http://idp.example.com/", "https://10.0.0.1/", "http://192.168.0.1/", "http://u@localhost/"] {
        assert!(RemoteUrl::parse(url, true).is_err(), "{url}");
    }
}

/// Answers by a table, and remembers what it was asked.
#[derive(Debug, Default)]
struct Table {
    answers: Vec<(&'static str, u16, &'static str)>,
    asked: RefCell<Vec<String>>,
}

impl Outbound for Table {
    fn get<'a>(&'a self, url: &'a str) -> Pin<Box<dyn Future<Output = Result<Received, OutboundError>> + 'a>> {
        self.asked.borrow_mut().push(url.to_owned());
        let found = self.answers.iter().find(|(known, ..)| *known == url);
        let answer = found.map(|(_, status, text)| Received {
            status: *status,
            location: (*status != 200 && !text.is_empty()).then(|| (*text).to_owned()),
            body: text.as_bytes().to_vec(),
        });
        Box::pin(async { answer.ok_or_else(|| OutboundError::Unreachable("no such host".into())) })
    }

    fn mail<'a>(&'a self, _: Mail<'a>) -> Pin<Box<dyn Future<Output = Mailed> + 'a>> {
        Box::pin(async { Mailed::NotConfigured })
    }
}

fn fetch(answers: &[(&'static str, u16, &'static str)], url: &str) -> (Result<Vec<u8>, OutboundError>, usize) {
    let table = Table { answers: answers.to_vec(), ..Table::default() };
    let outcome = pollster::block_on(RemoteUrl::parse(url, true).unwrap().fetch(&table));
    let asked = table.asked.borrow().len();
    (outcome, asked)
}

#[test]
fn redirects_are_followed_by_hand() {
    for location in ["https://two.example/b", "//two.example/b", "https://two.example/b#part"] {
        let answers = [("https://one.example/a?q", 302, location), ("https://two.example/b", 200, "found")];
        assert_eq!(fetch(&answers, "https://one.example/a?q"), (Ok(b"found".to_vec()), 2), "{location}");
    }
    for location in ["/x/b", "b"] {
        let answers = [("https://one.example/x/a?q=/y/", 301, location), ("https://one.example/x/b", 200, "found")];
        assert_eq!(fetch(&answers, "https://one.example/x/a?q=/y/").0, Ok(b"found".to_vec()), "{location}");
    }
}

#[test]
fn redirects_lead_to_public_names_over_https_only_and_end() {
    for (location, error) in [
        ("http://one.example/", UrlError::Scheme),
        ("https://127.0.0.1/", UrlError::Host),
        ("http://localhost/", UrlError::Scheme),
        ("https://u:p@two.example/", UrlError::Credentials),
        ("javascript:alert(1)", UrlError::Host),
    ] {
        let answers = [("https://one.example", 302, location)];
        let expected = match location {
            // Without `//` it is a path, and leads to the same host.
            "javascript:alert(1)" => Err(OutboundError::Unreachable("no such host".into())),
            _ => Err(OutboundError::Redirect(error)),
        };
        assert_eq!(fetch(&answers, "https://one.example").0, expected, "{location}");
    }
    let circle = [("https://one.example/", 302, "/")];
    assert_eq!(fetch(&circle, "https://one.example/"), (Err(OutboundError::TooManyRedirects), 4));
    assert_eq!(
        fetch(&[("https://one.example/", 303, "")], "https://one.example/"),
        (Err(OutboundError::TooManyRedirects), 1)
    );
    let local = [("http://localhost/a", 302, "http://127.0.0.1:1/b"), ("http://127.0.0.1:1/b", 200, "found")];
    assert!(fetch(&local, "http://localhost/a").0.is_ok());
}

#[test]
fn only_200_is_an_answer() {
    for status in [204, 206, 304, 400, 401, 404, 500, 503] {
        let answers = [("https://one.example/", status, "x")];
        assert_eq!(fetch(&answers, "https://one.example/").0, Err(OutboundError::Status(status)));
    }
}
