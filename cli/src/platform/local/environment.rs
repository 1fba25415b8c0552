//! The environment of every child: nothing of the operator's that could change what the shop does.

use std::collections::BTreeMap;
use std::env;

use super::layout::Layout;

/// What is taken over from `shopctl`'s own environment: where programs and libraries are.
const TAKEN_OVER: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR"];

/// The variables that every child has.
pub fn base(layout: &Layout) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([
        ("HOME".to_owned(), layout.root().display().to_string()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("TZ".to_owned(), "UTC".to_owned()),
    ]);
    let own = TAKEN_OVER
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), env::var(name).ok()?)));
    variables.extend(own);
    variables
}
