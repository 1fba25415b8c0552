//! The colours of things.

/// The shades that a shape is drawn in, as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shades {
    /// The thing itself.
    pub(super) main: &'static str,
    /// Its shadow side and outlines.
    pub(super) dark: &'static str,
    /// Its light side.
    pub(super) light: &'static str,
}

const fn shades(main: &'static str, dark: &'static str, light: &'static str) -> Shades {
    Shades { main, dark, light }
}

/// The shades of a colour by its name in the catalogue.
pub(super) fn shades_of(colour: &str) -> Option<Shades> {
    Some(match colour {
        "black" => shades("#33363b", "#1c1e21", "#565b63"),
        "brass" => shades("#c9a24d", "#96742c", "#e6cc8b"),
        "charcoal" => shades("#4b5058", "#2f3339", "#6f7680"),
        "clear" => shades("#bfdbe2", "#7fa7b2", "#e6f3f6"),
        "copper" => shades("#c57b57", "#8f5236", "#e3ab8d"),
        "coral" => shades("#ee7d64", "#bd5641", "#f8b09f"),
        "cream" => shades("#efe3c8", "#c6b48c", "#faf5e8"),
        "forest" => shades("#3f6b4f", "#284735", "#6c9a7c"),
        "grey" => shades("#a3a8ae", "#767c84", "#cbd0d5"),
        "indigo" => shades("#3f4f8c", "#29345f", "#7282bd"),
        "linen" => shades("#d9ccb4", "#aa9a7d", "#eee6d7"),
        "mustard" => shades("#dba636", "#a67a1d", "#f0cd7e"),
        "navy" => shades("#2f4466", "#1d2b43", "#5a7299"),
        "oak" => shades("#c99b65", "#966c3e", "#e4c498"),
        "ochre" => shades("#cf8b3c", "#9a6222", "#e8b87b"),
        "olive" => shades("#8a8f45", "#60642b", "#b5ba78"),
        "plum" => shades("#7b4767", "#532d45", "#a97796"),
        "red" => shades("#c8443f", "#922c29", "#e57f79"),
        "rose" => shades("#e3a5a8", "#b67478", "#f3cfd0"),
        "sage" => shades("#97ab8e", "#6a7f62", "#c2d0bb"),
        "sand" => shades("#dcc193", "#ac9060", "#f0e0c1"),
        "sky" => shades("#80b4d6", "#5385a6", "#b6d7ea"),
        "slate" => shades("#667585", "#445160", "#94a3b1"),
        "steel" => shades("#b9c1c9", "#838d97", "#e1e6ea"),
        "teal" => shades("#3c8f8c", "#246361", "#78bbb8"),
        "terracotta" => shades("#c8714f", "#964c31", "#e3a086"),
        "walnut" => shades("#7f5738", "#573922", "#ab8263"),
        "white" => shades("#f4f3ef", "#c4c1b8", "#ffffff"),
        _ => return None,
    })
}

/// The ground of a picture: light in the middle, darker at the edges. Each category has its own, so that a mixed page
/// looks lively and a category looks of a piece.
pub(super) fn ground(category: &str) -> (&'static str, &'static str) {
    match category {
        "kitchen" => ("#f6ede3", "#ead9c6"),
        "coffee-tea" => ("#f1e9e2", "#e0cdbf"),
        "pantry" => ("#f7f1dd", "#eadfb8"),
        "tableware" => ("#eef1ea", "#d8e0d1"),
        "bed-bath" => ("#edf1f4", "#d5dfe6"),
        "living" => ("#f4eeea", "#e4d6cc"),
        "garden" => ("#ecf3e8", "#d2e2c9"),
        "outdoor" => ("#e9f1ef", "#cbdfd9"),
        "cycling" => ("#eef0f3", "#d4dae2"),
        "workshop" => ("#f3efe6", "#e0d6c1"),
        "stationery" => ("#f5ecec", "#e7d3d3"),
        "toys" => ("#fbf1de", "#f3dfb7"),
        _ => ("#f2f2f0", "#dededa"),
    }
}
