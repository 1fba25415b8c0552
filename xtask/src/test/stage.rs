//! The stages and their order.

use anyhow::Result;

use super::{browser, cluster, contract, playbooks, rust, storefront};
use crate::repository::Repository;
use crate::tools;

/// One part of the whole test.
#[derive(Debug)]
pub struct Stage {
    /// The name for `--only`.
    pub name: &'static str,
    /// What it proves.
    pub title: &'static str,
    /// Whether it runs only when it is asked for by its name.
    pub on_request: bool,
    /// Proves it.
    pub run: fn(&Repository) -> Result<()>,
}

/// Every stage, cheap ones first; a later one may use what an earlier one has built.
pub const STAGES: [Stage; 10] = [
    Stage {
        name: "format",
        title: "the code is formatted",
        on_request: false,
        run: rust::format,
    },
    Stage {
        name: "storefront",
        title: "the storefront type-checks, builds within its size and passes its unit tests",
        on_request: false,
        run: storefront::test,
    },
    Stage {
        name: "lint",
        title: "clippy finds nothing",
        on_request: false,
        run: rust::lint,
    },
    Stage {
        name: "dependencies",
        title: "licences, sources and duplicates of the dependencies are as allowed",
        on_request: false,
        run: rust::dependencies,
    },
    Stage {
        name: "playbooks",
        title: "the playbooks pass ansible-lint and their unit tests",
        on_request: false,
        run: playbooks::test,
    },
    Stage {
        name: "prerequisites",
        title: "PostgreSQL, Redis and a browser are there",
        on_request: false,
        run: tools::prerequisites,
    },
    Stage {
        name: "rust",
        title: "unit, service, command line, README and fault tests",
        on_request: false,
        run: rust::test,
    },
    Stage {
        name: "contract",
        title: "generated requests find no answer outside the OpenAPI document",
        on_request: false,
        run: contract::fuzz,
    },
    Stage {
        name: "browser",
        title: "people can shop, in a real browser",
        on_request: false,
        run: browser::test,
    },
    Stage {
        name: "cluster",
        title: "real hosts become a cluster, grow, fail, are upgraded and become bare hosts again",
        on_request: true,
        run: cluster::test,
    },
];
