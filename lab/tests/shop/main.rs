//! The life of a shop on a cluster: from nothing to a verified order, through releases, failures and kills, to nothing.
//!
//! One test, since every part needs what the part before has made. It wants root, and `SHOPCTL_BIN` and
//! `SHOPCTL_ANSIBLE_PLAYBOOK` as `cargo xtask test --only shop` sets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "what takes minutes says how far it is")]

mod certificate;
mod elsewhere;
mod enforcement;
mod entry;
#[path = "../faults/mod.rs"]
mod faults;
#[path = "../cluster/figures.rs"]
mod figures;
mod handbook;
mod kills;
mod kubectl;
mod looks;
mod named;
mod operator;
mod pipeline;
#[path = "../cluster/waiting.rs"]
mod waiting;

use figures::Figures;
use lab::Network;
use operator::Operator;
use serde_json::Value;

#[test]
fn from_an_empty_cluster_to_a_shop_and_back() {
    let mut figures = Figures::default();
    let operator = Operator::with_cluster("shop", Network::new(79), &mut figures);
    looks::at_a_class_that_is_missing(&operator);
    a_shop_is_made_and_sells(&operator, &mut figures);
    nothing_changes_the_second_time(&operator, &mut figures);
    handbook::looks(&operator);
    looks::at_what_runs(&operator);
    figures.time("verified with the rights of a pipeline", || {
        pipeline::verifies(&operator);
    });
    enforcement::begins(&operator, &mut figures);
    one_service_changes(&operator, &mut figures);
    figures.time("each service undone, and taken over again", || {
        handbook::undoes(&operator);
    });
    a_release_that_fails_leaves_the_one_before(&operator, &mut figures);
    named::are_all_faults(&operator, &mut figures);
    lost_passwords_never_meet_old_data(&operator);
    kills::at_random_moments(&operator, &mut figures);
    it_goes_and_its_data_stays(&operator, &mut figures);
    it_goes_with_its_data(&operator, &mut figures);
    entry::of_its_own(&operator, &mut figures);
    elsewhere::is_the_database(&operator, &mut figures);
    figures.print();
    operator.close();
}

fn a_shop_is_made_and_sells(operator: &Operator, figures: &mut Figures) {
    figures.time("images built and pushed", || {
        operator.shopctl(&["image", "push"])
    });
    let made = figures.time("an empty cluster to a verified order", || {
        operator.shopctl(&["up", "--target", "kube"])
    });
    assert_eq!(made["changed"], true, "{made:#}");
    Operator::assert_all_checks_pass(&made);
    let checks = made["verification"]["checks"].as_array().unwrap();
    let spread = checks.iter().find(|check| check["name"] == "spread");
    assert_eq!(spread.unwrap()["evidence"], "over 2 nodes", "{made:#}");
}

fn nothing_changes_the_second_time(operator: &Operator, figures: &mut Figures) {
    let again = figures.time("no change", || operator.deploy());
    assert_eq!(again["changed"], false, "{again:#}");
    Operator::assert_all_checks_pass(&again);
}

fn one_service_changes(operator: &Operator, figures: &mut Figures) {
    let before = pods(operator, "frontend");
    operator.set("backend: {cart_ttl: 3d}\nfrontend: {replicas: {min: 2, max: 2}}");
    looks::at_a_release(operator);
    let changed = figures.time("a new release of one service, verified", || {
        operator.deploy()
    });
    assert_eq!(changed["changed"], true, "{changed:#}");
    Operator::assert_all_checks_pass(&changed);
    // The order went through the pods that are new, and not through those that still end.
    let checks = changed["verification"]["checks"].as_array().unwrap();
    let cart = checks.iter().find(|check| check["name"] == "cart-fate");
    let lived = cart.unwrap()["evidence"].as_str().unwrap();
    assert!(lived.starts_with("lived with 259"), "{changed:#}");
    assert_eq!(
        before,
        pods(operator, "frontend"),
        "what did not change has restarted"
    );
    // What a release no longer has is removed.
    let autoscalers = kubectl::run(operator, "get hpa -n shopmicro -o name");
    assert!(
        autoscalers.contains("backend") && !autoscalers.contains("frontend"),
        "{autoscalers}"
    );
}

fn pods(operator: &Operator, name: &str) -> Vec<String> {
    let words = format!("get pods -n shopmicro -l app.kubernetes.io/name={name} -o name");
    let mut names: Vec<_> = kubectl::run(operator, &words)
        .lines()
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

fn a_release_that_fails_leaves_the_one_before(operator: &Operator, figures: &mut Figures) {
    let missing = format!(
        "{}/shopmicro/frontend@sha256:{}",
        operator.registry(),
        "0".repeat(64)
    );
    operator.set(&format!("images: {{frontend: \"{missing}\"}}"));
    let failure = figures.time("an image that is not there is named", || {
        operator.shopctl_ends(11, &["deploy"])
    });
    assert_eq!(cause(&failure)["reason"], "image-not-found", "{failure:#}");
    let verified = operator.shopctl(&["verify", "--only", "checkout"]);
    Operator::assert_all_checks_pass(&verified);
    operator.set("");
    let back = operator.deploy();
    Operator::assert_all_checks_pass(&back);
}

fn lost_passwords_never_meet_old_data(operator: &Operator) {
    let secret = "secret postgres-credentials -n shopmicro";
    let mut kept: Value =
        serde_json::from_str(&kubectl::run(operator, &format!("get {secret} -o json"))).unwrap();
    kubectl::run(operator, &format!("delete {secret}"));
    let refused = operator.shopctl_ends(4, &["deploy"]).to_string();
    assert!(refused.contains("data-postgres-0"), "{refused}");
    for own in ["resourceVersion", "uid"] {
        kept["metadata"].as_object_mut().unwrap().remove(own);
    }
    kubectl::apply(operator, &kept.to_string());
    assert_eq!(operator.deploy()["changed"], false);
}

fn cause(failure: &Value) -> &Value {
    &failure["error"]["cause"]
}

fn it_goes_and_its_data_stays(operator: &Operator, figures: &mut Figures) {
    figures.time("the shop goes", || operator.shopctl(&["down"]));
    let claims = kubectl::run(operator, "get pvc -n shopmicro -o name");
    assert!(claims.contains("data-postgres-0"), "{claims}");
    let pods = kubectl::run(operator, "get pods -n shopmicro -o name");
    assert_eq!(pods.trim(), "");
    let again = figures.time("it comes back to its data", || operator.deploy());
    Operator::assert_all_checks_pass(&again);
}

fn it_goes_with_its_data(operator: &Operator, figures: &mut Figures) {
    let gone = figures.time("the shop goes with its data", || {
        operator.shopctl(&["down", "--delete-data", "--yes"])
    });
    assert_eq!(gone["left"], Value::Array(Vec::new()), "{gone:#}");
    let left = kubectl::run(operator, "get ns -o name");
    assert!(!left.contains("shopmicro"), "{left}");
}
