//! Messages (Fluent), one file per language, English as the fallback.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Files;
use crate::types::Locale;

/// The bundles of all languages.
pub struct Messages(HashMap<Locale, FluentBundle<FluentResource>>);

fn source(locale: Locale) -> anyhow::Result<String> {
    let file = Files::get(&format!("locales/{}.ftl", locale.tag())).ok_or_else(|| anyhow::anyhow!("no messages for {}", locale.tag()))?;
    Ok(String::from_utf8(file.data.into_owned())?)
}

/// The keys of one language, to compare with another's.
pub fn message_keys(locale: Locale) -> anyhow::Result<BTreeSet<String>> {
    Ok(source(locale)?
        .lines()
        .filter_map(|l| l.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .filter(|k| !k.starts_with([' ', '#', '.', '[', '*']))
        .collect())
}

impl Messages {
    /// Parses every language; a mistake in a file stops the start.
    pub fn load() -> anyhow::Result<Self> {
        let mut bundles = HashMap::new();
        for locale in Locale::ALL {
            let resource = FluentResource::try_new(source(locale)?).map_err(|(_, errors)| anyhow::anyhow!("{}.ftl: {errors:?}", locale.tag()))?;
            let mut bundle = FluentBundle::new_concurrent(vec![locale.tag().parse()?]);
            // Otherwise arguments are wrapped in marks that some screen readers speak.
            bundle.set_use_isolating(false);
            bundle.add_resource(resource).map_err(|errors| anyhow::anyhow!("{}.ftl: {errors:?}", locale.tag()))?;
            bundles.insert(locale, bundle);
        }
        Ok(Self(bundles))
    }
    /// The message in a language, else in English, else its key.
    pub fn say(&self, locale: Locale, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        let args: FluentArgs<'_> = args.iter().map(|(k, v)| (Cow::Borrowed(*k), v.clone())).collect();
        for candidate in [locale, Locale::En] {
            let found = self.0.get(&candidate).and_then(|bundle| {
                let pattern = bundle.get_message(key)?.value()?;
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
                errors.is_empty().then_some(text)
            });
            if let Some(text) = found {
                return text;
            }
        }
        key.to_owned()
    }
}
