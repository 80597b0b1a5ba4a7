//! Brands: how a company looks on a domain of its own (design.md section 4, S4).

use crate::types::{CompanyId, RowId};

/// The look of one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Its id.
    pub id: RowId,
    /// Whose it is.
    pub company_id: CompanyId,
    /// The domain, with a port where it is not the scheme's own.
    pub host: String,
    /// What stands in place of our name.
    pub product_name: String,
    /// The digest of its logo, if it has one.
    pub logo: Option<String>,
    /// The colour of buttons and links on light pages.
    pub accent: Option<Colour>,
    /// The same on dark pages.
    pub accent_dark: Option<Colour>,
    /// Where people find help.
    pub support_url: Option<String>,
    /// The sender of mails.
    pub sender: Option<String>,
}

/// A colour as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Why a colour does not serve.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BadColour {
    /// Not of the form.
    #[error("a colour is written #rrggbb")]
    Form,
    /// Text in it could not be read on the page.
    #[error("the colour has a contrast of {0:.1} against the page; 5 is the least (WCAG 2.2, 1.4.3, with a margin)")]
    Contrast(f64),
}

/// The darkest ground of light pages, and the lightest of dark ones (`style.css`).
const LIGHT: Colour = Colour([0xf3, 0xf5, 0xf4]);
const DARK: Colour = Colour([0x18, 0x21, 0x1f]);
const WHITE: Colour = Colour([0xff, 0xff, 0xff]);
const BLACK: Colour = Colour([0x0c, 0x14, 0x13]);

impl Colour {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Result<Self, BadColour> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(BadColour::Form)?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| BadColour::Form)?.to_be_bytes();
        Ok(Self([number[1], number[2], number[3]]))
    }
    /// One that can be read on light pages.
    pub fn for_light(text: &str) -> Result<Self, BadColour> {
        Self::parse(text)?.readable_on(LIGHT)
    }
    /// One that can be read on dark pages.
    pub fn for_dark(text: &str) -> Result<Self, BadColour> {
        Self::parse(text)?.readable_on(DARK)
    }
    fn readable_on(self, ground: Colour) -> Result<Self, BadColour> {
        let contrast = self.contrast(ground);
        if contrast >= 5.0 { Ok(self) } else { Err(BadColour::Contrast(contrast)) }
    }
    /// White or nearly black, whichever is read better on it.
    pub fn ink(self) -> Colour {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }
    /// As written in a style sheet.
    pub fn css(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }
    /// The contrast ratio of WCAG 2.2.
    fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
    /// The relative luminance of WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl Brand {
    /// The style sheet that goes over ours: only the tokens of colour.
    pub fn style(&self) -> String {
        let tokens = |c: Colour| {
            let (accent, ink) = (c.css(), c.ink().css());
            format!("--accent:{accent};--accent-strong:{accent};--on-accent:{ink};--accent-soft:color-mix(in srgb,{accent} 6%,var(--surface))")
        };
        let light = self.accent.map(|c| format!(":root{{{}}}", tokens(c))).unwrap_or_default();
        let dark = self.accent_dark.map(|c| format!("@media (prefers-color-scheme:dark){{:root{{{}}}}}", tokens(c))).unwrap_or_default();
        format!("{light}{dark}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wcag_1_4_3_a_colour_that_cannot_be_read_is_refused_for_that_scheme() {
        assert!(Colour::for_light("#7a1f5c").is_ok() && Colour::for_dark("#f0b6dc").is_ok());
        assert!(matches!(Colour::for_light("#ffcc00"), Err(BadColour::Contrast(c)) if c < 2.0));
        assert!(matches!(Colour::for_dark("#7a1f5c"), Err(BadColour::Contrast(_))));
        for bad in ["", "red", "#fff", "#12345g", "#1234567", "rgb(1,2,3)", "#ff ff0", "#é1234"] {
            assert_eq!(Colour::parse(bad), Err(BadColour::Form), "{bad}");
        }
        assert!((Colour::parse("#ffffff").map_or(0.0, |c| c.contrast(Colour([0, 0, 0]))) - 21.0).abs() < 0.01);
    }
}
