//! Templates (Tera) with the one function they need, and the static files beside them.

use std::sync::{Arc, OnceLock};

use fluent_bundle::FluentValue;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

use super::{Files, Messages};
use crate::types::Locale;

/// Templates and messages.
#[derive(Clone)]
pub struct Texts {
    tera: Arc<Tera>,
    messages: Arc<Messages>,
}

/// A static file.
pub struct Asset {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: String,
    /// The beginning of its digest.
    pub version: String,
}

fn version(hash: [u8; 32]) -> String {
    hash.iter().take(6).map(|b| format!("{b:02x}")).collect()
}

/// The static file of that name.
pub fn asset(name: &str) -> Option<Asset> {
    let file = Files::get(&format!("static/{name}"))?;
    Some(Asset { media_type: file.metadata.mimetype().to_owned(), version: version(file.metadata.sha256_hash()), bytes: file.data.into_owned() })
}

/// Its URL, which changes with its content.
pub fn asset_url(name: &str) -> String {
    format!("/static/{name}?v={}", asset(name).map(|a| a.version).unwrap_or_default())
}

fn fluent(value: &Value) -> FluentValue<'static> {
    if let Some(n) = value.as_f64() { FluentValue::from(n) } else { FluentValue::from(value.as_str().map_or_else(|| value.to_string(), str::to_owned)) }
}

impl Texts {
    /// Loads everything, once in a process; a mistake in a template or a message stops the start.
    pub fn load() -> anyhow::Result<Self> {
        static LOADED: OnceLock<Texts> = OnceLock::new();
        if let Some(loaded) = LOADED.get() {
            return Ok(loaded.clone());
        }
        let texts = Self::parse()?;
        Ok(LOADED.get_or_init(|| texts).clone())
    }
    fn parse() -> anyhow::Result<Self> {
        let messages = Arc::new(Messages::load()?);
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        let say = messages.clone();
        tera.register_function("t", move |kwargs: Kwargs, state: &State| -> tera::TeraResult<String> {
            let key: &str = kwargs.must_get("key")?;
            let lang: Option<String> = state.get("lang")?;
            let locale = lang.as_deref().and_then(Locale::from_tag).unwrap_or_default();
            let args: Vec<(String, FluentValue<'static>)> =
                kwargs.iter().filter(|(k, _)| k.as_str() != Some("key")).map(|(k, v)| (k.to_string(), fluent(v))).collect();
            let args: Vec<(&str, FluentValue<'_>)> = args.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
            Ok(say.say(locale, key, &args))
        });
        tera.register_function("asset", |kwargs: Kwargs, _: &State| -> tera::TeraResult<String> { Ok(asset_url(kwargs.must_get("name")?)) });
        let mut files = Vec::new();
        for name in Files::iter().filter(|n| n.ends_with(".html") || n.ends_with(".txt")) {
            let file = Files::get(&name).ok_or_else(|| anyhow::anyhow!("{name} vanished"))?;
            files.push((name.into_owned(), String::from_utf8(file.data.into_owned())?));
        }
        tera.add_raw_templates(files)?;
        Ok(Self { tera: Arc::new(tera), messages })
    }
    /// Renders a template with everything that `values` carries.
    pub fn render(&self, template: &str, locale: Locale, values: &impl Serialize) -> anyhow::Result<String> {
        let mut context = Context::from_serialize(values)?;
        context.insert("lang", locale.tag());
        Ok(self.tera.render(template, &context)?)
    }
    /// One message.
    pub fn say(&self, locale: Locale, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.messages.say(locale, key, args)
    }
    /// Every template there is, for the test that renders them all.
    pub fn names(&self) -> Vec<String> {
        self.tera.get_template_names().map(str::to_owned).collect()
    }
}
