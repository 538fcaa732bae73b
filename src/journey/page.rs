//! Pages for users who meet Postern itself. They work without script and load one style sheet.

use crate::deployment::PublicUrl;
use crate::http::Answer;
use crate::saml::Carried;
use quick_xml::escape::escape;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The admin page's own policy: script and connections to this origin, and no markup from strings.
const ASSET_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A page. `body` is markup: whoever makes it has escaped what is in it.
pub(super) fn page(status: u16, title: &str, public_url: &PublicUrl, body: &str) -> Answer {
    guarded(html(status, title, public_url, body), POLICY)
}

fn html(status: u16, title: &str, public_url: &PublicUrl, body: &str) -> Answer {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n\
         </main>\n</body>\n</html>\n",
        title = escape(title),
        style = escape(public_url.path("/pages/page.css")),
    );
    Answer::text(status, "text/html; charset=utf-8", html).with("cache-control", "no-store")
}

/// A page of one sentence.
pub(super) fn sentence(status: u16, public_url: &PublicUrl, sentence: &str) -> Answer {
    let title = match status {
        404 => "Not found",
        405 => "Not allowed",
        503 => "Not available",
        _ => "That did not work",
    };
    page(status, title, public_url, &format!("<p>{}</p>", escape(sentence)))
}

/// The page of a refusal. It says nothing that helps an attacker; the reference leads an admin to the reason.
pub(super) fn sign_in_failed(status: u16, public_url: &PublicUrl, reference: &str) -> Answer {
    let body = format!(
        "<p>You could not be signed in. Try again from your company's portal; if it fails again, give your administrator \
         this reference.</p>\n<p class=\"reference\">Reference: <code>{}</code></p>",
        escape(reference)
    );
    page(status, "Sign-in failed", public_url, &body)
}

/// The page of a logout message that is refused. It tells as little.
pub(super) fn sign_out_failed(status: u16, public_url: &PublicUrl, reference: &str) -> Answer {
    let body = format!(
        "<p>It could not be confirmed that you are signed out everywhere. Close the browser to be sure, and give your \
         administrator this reference.</p>\n<p class=\"reference\">Reference: <code>{}</code></p>",
        escape(reference)
    );
    page(status, "Sign-out failed", public_url, &body)
}

/// A page that has the browser post a message to an identity provider. It works without script by a press of the button;
/// the script, of our own origin, does the pressing.
pub(super) fn carry(public_url: &PublicUrl, url: &str, carried: Carried) -> Answer {
    let fields = match carried {
        Carried::Redirect(url) => return Answer::redirect(302, url),
        Carried::Form(fields) => fields,
    };
    let mut form = format!("<form method=\"post\" action=\"{}\" id=\"carry\">\n", escape(url));
    for (name, value) in fields {
        form.push_str(&format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value.as_str())));
    }
    form.push_str(&format!(
        "<p>One moment: your browser is sent on.</p>\n<button type=\"submit\">Continue</button>\n</form>\n\
         <script src=\"{}\" defer></script>",
        escape(public_url.path("/pages/carry.js"))
    ));
    let policy = POLICY.replace("form-action 'self'", &format!("form-action {}", sources(url)));
    guarded(html(200, "Continue", public_url, &form), &format!("{policy}; script-src 'self'"))
}

/// A page with a form to ourselves, which leads on to another URL.
pub(super) fn leading_to(url: &str, title: &str, public_url: &PublicUrl, body: &str) -> Answer {
    let policy = POLICY.replace("form-action 'self'", &format!("form-action 'self' {}", sources(url)));
    guarded(html(200, title, public_url, body), &policy)
}

/// Browsers hold the redirects that follow a form to the rule of the form, and where those lead is for the other side to
/// know.
fn sources(url: &str) -> &'static str {
    if url.starts_with("https:") { "https:" } else { "https: http:" }
}

/// A static file.
pub(super) fn asset(path: &str) -> Answer {
    guarded(Answer::asset(path), ASSET_POLICY)
}

fn guarded(answer: Answer, policy: &str) -> Answer {
    answer
        .with("content-security-policy", policy)
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
        .with("cross-origin-opener-policy", "same-origin")
}
