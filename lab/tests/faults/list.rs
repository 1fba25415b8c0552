//! All faults.

use super::fault::Fault;
use super::scene::Scene;
use super::{admission, database, refusing};
use crate::waiting;

/// Where a fault of the frontend shows.
const FRONTEND: [&str; 2] = ["pod/frontend-", "frontend"];
/// Where it shows when no container has been started.
const FRONTEND_POD: [&str; 2] = ["pod/frontend-", ""];
/// Where it shows when the pod is not even made.
const FRONTEND_REPLICAS: [&str; 2] = ["replicaset/frontend-", ""];
/// The claim of the database.
const CLAIM: [&str; 2] = ["persistentvolumeclaim/data-postgres-0", ""];
/// The migration.
const MIGRATION: [&str; 2] = ["pod/migration-", "migrate"];

/// The frontend, with a difference that is none, so that it is rolled out. Faults that follow each other ask for different
/// amounts: the pods of one would otherwise be those of the next, and could begin while neither is there.
fn frontend(millicores: u32) -> String {
    format!("frontend: {{resources: {{requests: {{cpu: {millicores}m}}}}}}")
}

/// The backend, likewise.
fn backend(_: &Scene<'_>) -> String {
    "backend: {cart_ttl: 5d}".to_owned()
}

/// As it is.
fn same(_: &Scene<'_>) -> String {
    String::new()
}

/// An image of the frontend in some registry.
fn image(registry: &str) -> String {
    let digest = "0".repeat(64);
    format!("images: {{frontend: \"{registry}/shopmicro/frontend@sha256:{digest}\"}}")
}

/// In the order in which they are made.
pub fn all() -> Vec<Fault> {
    let mut all = of_images_and_programs();
    // While only the frontend differs from what is there: a rule keeps out the pods of everybody.
    all.extend(of_rules());
    all.extend(of_policies());
    all.extend(of_the_cluster());
    all.extend(of_the_database());
    // The one that is waited out changes the shop, and comes last.
    all.push(of_the_api_server());
    all
}

fn of_images_and_programs() -> Vec<Fault> {
    vec![
        Fault::of("image not found", "image-not-found", FRONTEND, |scene| {
            image(&scene.operator.registry())
        }),
        Fault::of("registry refuses", "registry-refuses", FRONTEND, |scene| {
            image(&refusing::address(scene))
        })
        .by(refusing::start, refusing::forget),
        // The backend's program in the frontend's place: it has no address of a database.
        Fault::of("crash loop", "crash-loop", FRONTEND, |scene| {
            let image = scene.image("deployment/backend");
            format!("images: {{frontend: \"{image}\"}}")
        }),
        // A program that reads a line which never ends.
        Fault::of("OOM kill", "out-of-memory", FRONTEND, |scene| {
            let image = scene.image("statefulset/postgres");
            format!("images: {{frontend: \"{image}\"}}")
        })
        .by(
            |scene| {
                let path = "/spec/containers/0/args";
                admission::rewrite(scene, "frontend", path, "['tail', '/dev/zero']");
            },
            |scene| admission::clear(scene, "frontend"),
        ),
    ]
}

fn of_the_cluster() -> Vec<Fault> {
    vec![
        Fault::of("no default StorageClass", "no-storage-class", CLAIM, same)
            .by(
                |scene| defaults(scene, false),
                |scene| defaults(scene, true),
            )
            .at_first(),
        Fault::of("claim cannot bind", "claim-pending", CLAIM, |_| {
            "postgres: {storage: {size: 1Gi, class: nowhere}}".to_owned()
        })
        .at_first(),
        Fault::of("unschedulable (CPU)", "unschedulable", FRONTEND_POD, |_| {
            "frontend: {resources: {requests: {cpu: 64}, limits: {cpu: 64}}}".to_owned()
        }),
        Fault::of(
            "unschedulable (taint)",
            "unschedulable",
            FRONTEND_POD,
            |_| frontend(30),
        )
        .by(
            |scene| drop(scene.kubectl("taint nodes --all dedicated=other:NoSchedule")),
            |scene| drop(scene.kubectl("taint nodes --all dedicated-")),
        ),
        Fault::of(
            "DNS broken",
            "name-resolution",
            ["pod/backend-", "backend"],
            backend,
        )
        .by(
            |scene| {
                scene.kubectl("scale deployment/coredns -n kube-system --replicas=0");
                waiting::until("no name server runs", || {
                    let pods = scene.kubectl("get pods -n kube-system -l k8s-app=kube-dns -o name");
                    pods.trim().is_empty()
                });
            },
            |scene| {
                scene.kubectl("scale deployment/coredns -n kube-system --replicas=2");
                scene.kubectl("rollout status deployment/coredns -n kube-system --timeout=60s");
            },
        ),
    ]
}

fn of_the_api_server() -> Fault {
    Fault::of("API server gone for 10 s", "", ["", ""], |_| {
        "backend: {cart_ttl: 6d}".to_owned()
    })
    .meanwhile(take_the_api_server_away)
}

fn of_policies() -> Vec<Fault> {
    vec![
        Fault::of("bad readiness probe", "probe-fails", FRONTEND, |_| {
            frontend(26)
        })
        .by(
            |scene| {
                let path = "/spec/containers/0/readinessProbe/httpGet/path";
                admission::rewrite(scene, "frontend", path, "'/nowhere'");
            },
            |scene| admission::clear(scene, "frontend"),
        ),
        Fault::of(
            "missing Secret key",
            "missing-key",
            ["pod/backend-", ""],
            backend,
        )
        .by(
            |scene| {
                let path = "/spec/volumes/3/secret/items/0/key";
                admission::rewrite(scene, "backend", path, "'nothing'");
            },
            |scene| admission::clear(scene, "backend"),
        ),
    ]
}

fn of_rules() -> Vec<Fault> {
    vec![
        Fault::of("quota exceeded", "quota-exceeded", FRONTEND_REPLICAS, |_| frontend(27)).by(
            |scene| {
                for namespace in scene.namespaces {
                    scene.apply(&format!(
                        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: fault, namespace: {namespace}, labels: {{MARK: \"\"}}}}\nspec: {{hard: {{pods: \"1\"}}}}\n"
                    ));
                    let used = format!("get quota fault -n {namespace} -o jsonpath={{.status.used.pods}}");
                    waiting::until("the quota is counted", || !scene.kubectl(&used).is_empty());
                }
            },
            |scene| scene.clear("resourcequotas"),
        ),
        Fault::of("Pod Security rejection", "pod-security", FRONTEND_REPLICAS, |_| frontend(28)).by(
            |scene| {
                let path = "/spec/securityContext/seccompProfile/type";
                admission::rewrite(scene, "frontend", path, "'Unconfined'");
            },
            |scene| admission::clear(scene, "frontend"),
        ),
        Fault::of("admission webhook down", "webhook-down", FRONTEND_REPLICAS, |_| frontend(29)).by(
            admission::ask_nobody,
            |scene| admission::clear(scene, "frontend"),
        ),
    ]
}

fn of_the_database() -> Vec<Fault> {
    vec![
        Fault::of("migration failed", "migration-failed", MIGRATION, same).by(
            |scene| {
                database::run(scene, "update refinery_schema_history set name = name || '_changed' where version = 1");
                database::forget_migrations(scene);
            },
            |scene| database::run(scene, "update refinery_schema_history set name = replace(name, '_changed', '')"),
        ),
        Fault::of("migration blocked by a lock", "migration-blocked", MIGRATION, same).by(
            |scene| {
                database::lock(scene, "refinery_schema_history");
                database::forget_migrations(scene);
            },
            database::unlock,
        ),
    ]
}

fn defaults(scene: &Scene<'_>, is_default: bool) {
    scene.kubectl(&format!(
        "annotate storageclass local-path storageclass.kubernetes.io/is-default-class={is_default} --overwrite"
    ));
}

/// The kubelet starts it again when its manifest comes back.
fn take_the_api_server_away(scene: &Scene<'_>) {
    let script = "sleep 2; cd /etc/kubernetes; mv manifests/kube-apiserver.yaml .; sleep 1; \
                  kill -9 $(pidof kube-apiserver); sleep 7; mv kube-apiserver.yaml manifests/";
    scene.on("host-1", script);
    waiting::until("the API server answers", || {
        let ready = scene.command("get --raw /readyz").output();
        ready.unwrap().status.success()
    });
}
