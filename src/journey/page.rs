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
    // Browsers hold the redirects that follow a form to the same rule, and where those lead is for the other side to know.
    let target = if url.starts_with("https:") { "form-action https:" } else { "form-action https: http:" };
    let policy = format!("{}; script-src 'self'", POLICY.replace("form-action 'self'", target));
    guarded(html(200, "Continue", public_url, &form), &policy)
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
