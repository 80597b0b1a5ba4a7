//! Passkeys and security keys (WebAuthn level 3): ceremonies as values. Who keeps their state, and that it counts once, is the
//! caller's to see to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// The relying party of the specification: this provider.
pub struct Passkeys(Webauthn);

/// What a page needs to begin, and what it takes to finish.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// For `navigator.credentials`, in its JSON form.
    pub options: Value,
    /// What finishes it; for our eyes only.
    pub state: String,
}

/// A passkey that was just made.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// Its id, in base64url.
    pub credential_id: String,
    /// Its public key and flags, as a document.
    pub document: String,
    /// Whether it is copied to other devices.
    pub backed_up: bool,
}

/// A passkey that was shown, and was right.
#[derive(Clone, Debug)]
pub struct UsedPasskey {
    /// Its document, if that changed.
    pub document: Option<String>,
    /// Whether it is copied to other devices.
    pub backed_up: bool,
}

/// Why a passkey was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyRefused {
    /// It is not right.
    #[error("the passkey was not accepted")]
    Wrong,
    /// Its counter went back, as a copied key's would (section 6.1.1).
    #[error("the counter of the passkey went back")]
    WentBack,
}

impl Passkeys {
    /// For an issuer. `None` where there can be none: the relying party's id must be a domain.
    pub fn of(issuer: &str, rp_id: Option<&str>) -> Option<Self> {
        let origin = Url::parse(issuer).ok()?;
        let domain = rp_id.or_else(|| origin.domain())?.to_owned();
        let webauthn = WebauthnBuilder::new(&domain, &origin).ok()?.rp_name("Vestibule").build().ok()?;
        Some(Self(webauthn))
    }

    /// Begins to make one for `handle`; those in `has` are not made again.
    pub fn begin_registration(&self, handle: &[u8], name: &str, display_name: &str, has: &[String]) -> anyhow::Result<Ceremony> {
        let has: Vec<CredentialID> = has.iter().filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok()).collect();
        let (challenge, state) = self.0.start_passkey_registration(Uuid::from_slice(handle)?, name, display_name, Some(has))?;
        let mut options = serde_json::to_value(challenge)?;
        // Discoverable, so that it can be the whole sign-in (section 5.4.4).
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "required".into();
        options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = true.into();
        Ok(Ceremony { options, state: serde_json::to_string(&state)? })
    }

    /// Finishes it.
    pub fn finish_registration(&self, state: &str, response: &str) -> Result<NewPasskey, PasskeyRefused> {
        let wrong = |_| PasskeyRefused::Wrong;
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(wrong)?;
        let response: RegisterPublicKeyCredential = serde_json::from_str(response).map_err(wrong)?;
        let passkey = self.0.finish_passkey_registration(&response, &state).map_err(|_| PasskeyRefused::Wrong)?;
        let document = serde_json::to_string(&passkey).map_err(wrong)?;
        let backed_up = serde_json::to_value(&passkey).is_ok_and(|v| v["cred"]["backup_state"] == true);
        Ok(NewPasskey { credential_id: URL_SAFE_NO_PAD.encode(passkey.cred_id()), document, backed_up })
    }

    /// Begins to ask for one: for any of this provider's, or for one of `only`.
    pub fn begin_assertion(&self, only: &[String]) -> anyhow::Result<Ceremony> {
        let (challenge, state) = self.0.start_discoverable_authentication()?;
        let mut options = serde_json::to_value(challenge)?;
        options["publicKey"]["allowCredentials"] = only.iter().map(|id| json!({"type": "public-key", "id": id})).collect();
        Ok(Ceremony { options, state: serde_json::to_string(&state)? })
    }

    /// Which passkey a response says it is, in base64url.
    pub fn named_in(response: &str) -> Option<String> {
        let response: PublicKeyCredential = serde_json::from_str(response).ok()?;
        Some(URL_SAFE_NO_PAD.encode(response.get_credential_id()))
    }

    /// Finishes it with the document of the passkey that was named.
    pub fn finish_assertion(&self, state: &str, response: &str, document: &str) -> Result<UsedPasskey, PasskeyRefused> {
        let wrong = |_| PasskeyRefused::Wrong;
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(wrong)?;
        let response: PublicKeyCredential = serde_json::from_str(response).map_err(wrong)?;
        let mut passkey: Passkey = serde_json::from_str(document).map_err(wrong)?;
        let result = self.0.finish_discoverable_authentication_v2(&response, state, &passkey).map_err(|e| match e {
            WebauthnError::CredentialPossibleCompromise => PasskeyRefused::WentBack,
            _ => PasskeyRefused::Wrong,
        })?;
        if !result.user_verified() {
            return Err(PasskeyRefused::Wrong);
        }
        let changed = passkey.update_credential(&result) == Some(true);
        let document = if changed { Some(serde_json::to_string(&passkey).map_err(wrong)?) } else { None };
        Ok(UsedPasskey { document, backed_up: result.backup_state() })
    }
}
