//! The shapes, kept as drawings: each file holds `<symbol id="…">` elements on a square of 400 by 400, painted in
//! `main`, `dark`, `light` and `accent` in place of colours.

use std::collections::HashMap;
use std::sync::LazyLock;

const FILES: [&str; 1] = [include_str!("../../artwork/parcel.svg")];

/// What is drawn when a shape is not known.
pub(super) const PARCEL: &str = "parcel";

static SHAPES: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| FILES.into_iter().flat_map(symbols).collect());

/// The drawing of a shape.
pub(super) fn find(name: &str) -> Option<&'static str> {
    SHAPES.get(name).copied()
}

/// Names and contents of the symbols in a drawing.
fn symbols(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.split("<symbol id=\"").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("\">")?;
        let (content, _) = rest.split_once("</symbol>")?;
        Some((name, content.trim()))
    })
}
