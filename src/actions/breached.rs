//! Whether a chosen password is known from a breach (NIST SP 800-63B-4 section 3.1.1.2), by a service that learns five digits of its
//! SHA-1 and answers with all that begin with them. A service that fails keeps nobody from choosing: the embedded list was asked before.

use super::App;
use crate::crypto::breach_name;
use crate::types::Secret;

/// How many digits the service learns.
const SHOWN: usize = 5;

/// Whether the service knows a normalised password; false without a service, or when it fails.
pub(super) async fn is_breached(app: &App, password: &Secret) -> bool {
    let (Some(url), Some(http)) = (&app.config.passwords_breached_url, &app.outbound) else { return false };
    let name = breach_name(password);
    let (shown, kept) = name.split_at(SHOWN);
    match http.get_text(&format!("{url}/{shown}")).await {
        Ok(text) => is_listed(&text, kept),
        Err(e) => {
            // Not the whole error: the address in it has the digits.
            tracing::warn!(error = %e.root_cause(), "the service of breached passwords did not answer; a password was judged without it");
            false
        }
    }
}

/// Whether a range names the rest of a digest. Padding has the count 0.
fn is_listed(range: &str, kept: &str) -> bool {
    range.lines().filter_map(|line| line.split_once(':')).any(|(rest, count)| rest.trim().eq_ignore_ascii_case(kept) && count.trim() != "0")
}
