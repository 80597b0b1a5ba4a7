//! Names that people and companies choose.

use std::fmt;
use std::str::FromStr;

use unicode_security::MixedScript;

use super::canonical;
use super::ids::PREFIXES;

/// Why a name was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Empty, or longer than allowed.
    #[error("a name has between {min} and {max} characters", min = .0, max = .1)]
    Length(usize, usize),
    /// Control, bidirectional or other characters that do not show as themselves.
    #[error("the name has characters that are not allowed")]
    Characters,
    /// Letters of several scripts, as look-alikes have them.
    #[error("the name mixes scripts")]
    MixedScript,
    /// Begins with one of our id prefixes.
    #[error("a name may not begin like an id")]
    Prefix,
}

/// True when all letters come from one script (UTS 39, section 5.1).
pub(super) fn single_script(text: &str) -> bool {
    text.is_single_script()
}

/// True for characters that show as themselves: no controls, no bidirectional or invisible format characters.
pub fn printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn begins_like_an_id(key: &str) -> bool {
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

/// A sign-in name, unique by its canonical key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Username {
    shown: String,
    key: String,
}

impl Username {
    /// 1 to 100 visible characters of one script, no white space, not beginning like an id.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let shown = text.trim();
        if !(1..=100).contains(&shown.chars().count()) {
            return Err(NotAName::Length(1, 100));
        }
        if !shown.chars().all(|c| printable(c) && !c.is_whitespace()) {
            return Err(NotAName::Characters);
        }
        if !single_script(shown) {
            return Err(NotAName::MixedScript);
        }
        let key = canonical(shown);
        if begins_like_an_id(&key) {
            return Err(NotAName::Prefix);
        }
        Ok(Self { shown: shown.to_owned(), key })
    }
    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.shown
    }
    /// By which it is unique.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A company's short name in URLs: lower-case letters, digits and hyphens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slug(String);

impl Slug {
    /// 2 to 63 characters of `a-z`, `0-9` and `-`, beginning and ending with a letter or digit.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        if !(2..=63).contains(&text.len()) {
            return Err(NotAName::Length(2, 63));
        }
        let allowed = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !allowed || text.starts_with('-') || text.ends_with('-') {
            return Err(NotAName::Characters);
        }
        if begins_like_an_id(text) {
            return Err(NotAName::Prefix);
        }
        Ok(Self(text.to_owned()))
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name for display (a company's, a person's, a client's): one line without hidden characters (threats.md T48).
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayText(String);

impl DisplayText {
    /// 1 to 120 characters; control, bidirectional and invisible characters are refused.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let shown = text.trim();
        if !(1..=120).contains(&shown.chars().count()) {
            return Err(NotAName::Length(1, 120));
        }
        if !shown.chars().all(printable) {
            return Err(NotAName::Characters);
        }
        Ok(Self(shown.to_owned()))
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for DisplayText {
    type Error = NotAName;
    fn try_from(text: String) -> Result<Self, NotAName> {
        Self::parse(&text)
    }
}
impl From<DisplayText> for String {
    fn from(text: DisplayText) -> String {
        text.0
    }
}
impl FromStr for DisplayText {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_begin_like_ids() {
        assert_eq!(Username::parse("ACC_1"), Err(NotAName::Prefix));
        assert_eq!(Slug::parse("org_x"), Err(NotAName::Characters));
        assert_eq!(Slug::parse("shop-1").map(|s| s.to_string()), Ok("shop-1".to_owned()));
        assert_eq!(Slug::parse("Shop"), Err(NotAName::Characters));
    }

    #[test]
    fn t48_display_names_hide_nothing() {
        assert_eq!(DisplayText::parse("Shop\u{202e}pohS"), Err(NotAName::Characters));
        assert_eq!(DisplayText::parse("Shop\u{200b}"), Err(NotAName::Characters));
        assert_eq!(DisplayText::parse("  "), Err(NotAName::Length(1, 120)));
        assert_eq!(DisplayText::parse(" Épicerie & Fils ").map(String::from), Ok("Épicerie & Fils".to_owned()));
    }
}
