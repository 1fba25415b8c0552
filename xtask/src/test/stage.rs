//! The stages and their order.

use anyhow::Result;

use super::{browser, cluster, contract, manifests, playbooks, rust, storefront};
use crate::repository::Repository;
use crate::tools;

/// One part of the whole test.
#[derive(Debug)]
pub struct Stage {
    /// The name for `--only`.
    pub name: &'static str,
    /// What it proves.
    pub title: &'static str,
    /// Proves it.
    pub run: fn(&Repository) -> Result<()>,
}

/// Every stage, cheap ones first; a later one may use what an earlier one has built.
pub const STAGES: [Stage; 12] = [
    Stage {
        name: "format",
        title: "the code is formatted",
        run: rust::format,
    },
    Stage {
        name: "storefront",
        title: "the storefront type-checks, builds within its size and passes its unit tests",
        run: storefront::test,
    },
    Stage {
        name: "lint",
        title: "clippy finds nothing",
        run: rust::lint,
    },
    Stage {
        name: "dependencies",
        title: "licences, sources and duplicates of the dependencies are as allowed",
        run: rust::dependencies,
    },
    Stage {
        name: "playbooks",
        title: "the playbooks pass ansible-lint and their unit tests",
        run: playbooks::test,
    },
    Stage {
        name: "manifests",
        title: "the rendered manifests are known to every supported Kubernetes and follow good practice",
        run: manifests::test,
    },
    Stage {
        name: "prerequisites",
        title: "PostgreSQL, Redis and a browser are there",
        run: tools::prerequisites,
    },
    Stage {
        name: "rust",
        title: "unit, service, command line, README and fault tests",
        run: rust::test,
    },
    Stage {
        name: "contract",
        title: "generated requests find no answer outside the OpenAPI document",
        run: contract::fuzz,
    },
    Stage {
        name: "browser",
        title: "people can shop, in a real browser",
        run: browser::test,
    },
    Stage {
        name: "cluster",
        title: "real hosts become a cluster, grow, fail, are upgraded and become bare hosts again",
        run: cluster::cluster,
    },
    Stage {
        name: "shop",
        title: "a shop comes to a cluster, changes, fails, is interrupted and goes",
        run: cluster::shop,
    },
];
