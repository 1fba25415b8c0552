//! The environment of every child: nothing of the operator's that could change what the shop does.
//!
//! It is the same for every caller, so that an `up` out of another shell changes nothing either.

use std::collections::BTreeMap;

use crate::platform::local::layout::Layout;

/// The variables that every child has.
pub fn base(layout: &Layout) -> BTreeMap<String, String> {
    let variables = [
        ("HOME", layout.root().display().to_string()),
        ("LANG", "C.UTF-8".to_owned()),
        (
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
        ),
        ("TZ", "UTC".to_owned()),
    ];
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
