//! Putting a picture together.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::palette::{Shades, ground, shades_of};
use super::shapes;

/// The colour of things without one.
const PLAIN: Shades = Shades {
    main: "#c9ad86",
    dark: "#9a8059",
    light: "#e5d3b8",
};

/// Small coloured details: labels, bands, buttons.
const ACCENTS: [&str; 6] = [
    "#d9694a", "#3f7f78", "#e0ab3f", "#5c6f9e", "#a65a6f", "#7d9457",
];

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture(String);

impl Picture {
    /// An entity tag: equal pictures have equal tags.
    pub fn tag(&self) -> String {
        let hash = Sha256::digest(&self.0);
        let mut tag = String::from("\"");
        for byte in &hash[..8] {
            // Writing to a string cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        tag
    }

    /// The SVG document.
    pub fn into_svg(self) -> String {
        self.0
    }
}

/// Whether a motif (`<shape>:<colour>`) names a shape and a colour that exist.
pub fn knows(motif: &str) -> bool {
    motif
        .split_once(':')
        .is_some_and(|(shape, colour)| shapes::find(shape).is_some() && shades_of(colour).is_some())
}

/// Draws a product: the motif in front of its category's ground. What is not known is drawn as a plain parcel.
pub fn draw(id: i32, motif: &str, category: &str) -> Picture {
    let (shape, colour) = motif.split_once(':').unwrap_or((motif, ""));
    let shades = shades_of(colour).unwrap_or(PLAIN);
    let accent = ACCENTS[id.unsigned_abs() as usize % ACCENTS.len()];
    let drawing = shapes::find(shape)
        .or_else(|| shapes::find(shapes::PARCEL))
        .unwrap_or_default();
    let painted = drawing
        .replace("\"main\"", &format!("\"{}\"", shades.main))
        .replace("\"dark\"", &format!("\"{}\"", shades.dark))
        .replace("\"light\"", &format!("\"{}\"", shades.light))
        .replace("\"accent\"", &format!("\"{accent}\""));
    let (centre, edge) = ground(category);
    Picture(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs><radialGradient id="g" cx=".5" cy=".42" r=".75"><stop offset="0" stop-color="{centre}"/><stop offset="1" stop-color="{edge}"/></radialGradient></defs><rect width="400" height="400" fill="url(#g)"/><ellipse cx="200" cy="330" rx="125" ry="15" fill="#3a2f26" opacity=".12"/>{painted}</svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paint_is_replaced() {
        let svg = draw(7, "parcel:sage", "kitchen").into_svg();
        for paint in ["main", "dark", "light", "accent"] {
            assert!(!svg.contains(&format!("\"{paint}\"")), "{paint}");
        }
    }

    #[test]
    fn equal_products_look_equal_and_others_do_not() {
        let picture = draw(7, "parcel:sage", "kitchen");
        assert_eq!(picture, draw(7, "parcel:sage", "kitchen"));
        assert_ne!(picture.tag(), draw(7, "parcel:red", "kitchen").tag());
        assert_eq!(draw(7, "<script>", "x"), draw(7, "", "x"));
    }
}
