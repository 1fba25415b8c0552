//! The shapes, kept as drawings: each file holds `<symbol id="…">` elements on a square of 400 by 400, painted in
//! `main`, `dark`, `light` and `accent` in place of colours.

use std::collections::HashMap;
use std::sync::LazyLock;

const FILES: [&str; 13] = [
    include_str!("../../artwork/parcel.svg"),
    include_str!("../../artwork/kitchen.svg"),
    include_str!("../../artwork/coffee-tea.svg"),
    include_str!("../../artwork/pantry.svg"),
    include_str!("../../artwork/tableware.svg"),
    include_str!("../../artwork/bed-bath.svg"),
    include_str!("../../artwork/living.svg"),
    include_str!("../../artwork/garden.svg"),
    include_str!("../../artwork/outdoor.svg"),
    include_str!("../../artwork/cycling.svg"),
    include_str!("../../artwork/workshop.svg"),
    include_str!("../../artwork/stationery.svg"),
    include_str!("../../artwork/toys.svg"),
];

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
