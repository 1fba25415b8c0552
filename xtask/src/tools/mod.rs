//! What the tests need beyond the compiler, installed by name and version, cached outside the checkout.

mod cargo_deny;
mod go;
mod kubernetes_schemas;
mod npm;
mod prerequisites;
mod python;

pub use cargo_deny::cargo_deny;
pub use go::{KUBE_SCORE, KUBECONFORM};
pub use kubernetes_schemas::{KUBERNETES, kubernetes_schemas};
pub use npm::npm_packages;
pub use prerequisites::prerequisites;
pub use python::{ANSIBLE, ANSIBLE_LINT, CHECKOV, SCHEMATHESIS};
