//! What to type after the API server has refused something.

use kube::core::Status;

use super::diagnosis::{Reason, refusal};

/// What lists the webhooks that have a say in what is applied.
const WEBHOOKS: &str = "get validatingwebhookconfigurations,mutatingwebhookconfigurations";

/// The words for `kubectl` that show or mend the cause, and what to do with them; none where the answer is no refusal.
pub fn remedy(error: &kube::Error, kubectl: impl Fn(&str) -> String) -> Option<String> {
    let kube::Error::Api(status) = error else {
        return None;
    };
    if let Some(webhook) = denied_by(&status.message) {
        return Some(format!(
            "mend what admission webhook `{webhook}` says of it, or ask whoever runs that webhook; `{}` lists it",
            kubectl(WEBHOOKS)
        ));
    }
    match refusal(&status.message) {
        Reason::WebhookDown => Some(format!(
            "see which one it is with `{}`, mend it, then run the same command again",
            kubectl(WEBHOOKS)
        )),
        Reason::QuotaExceeded => Some(format!(
            "see what is left with `{}`",
            kubectl("describe quota --all-namespaces")
        )),
        Reason::PodSecurity => Some(format!(
            "see the level of the namespace with `{}`",
            kubectl("get namespaces -L pod-security.kubernetes.io/enforce")
        )),
        _ => by_code(status, kubectl),
    }
}

/// The name of the cause; none where the answer is no refusal that has one.
pub fn reason(error: &kube::Error) -> Option<&'static str> {
    let kube::Error::Api(status) = error else {
        return None;
    };
    if denied_by(&status.message).is_some() {
        return Some("webhook-denied");
    }
    match (refusal(&status.message), status.code) {
        (Reason::Refused, 401) => Some("unauthorized"),
        (Reason::Refused, 403) => Some("forbidden"),
        (Reason::Refused, 422) => Some("invalid"),
        (Reason::Refused, _) => None,
        (reason, _) => Some(reason.name()),
    }
}

fn by_code(status: &Status, kubectl: impl Fn(&str) -> String) -> Option<String> {
    match status.code {
        401 => Some(format!(
            "log in to the cluster again; `{}` says as whom",
            kubectl("auth whoami")
        )),
        403 => Some(not_allowed(&status.message, kubectl)),
        422 => Some(
            "see what was sent with `shopctl render --out DIR`, mend that setting, then run the same command again"
                .to_owned(),
        ),
        _ => None,
    }
}

/// The admission webhook that has said no.
fn denied_by(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("admission webhook \"")?;
    let (webhook, words) = rest.split_once('"')?;
    words
        .trim_start()
        .starts_with("denied the request")
        .then_some(webhook)
}

fn not_allowed(message: &str, kubectl: impl Fn(&str) -> String) -> String {
    if message.contains("because it is being terminated") {
        return format!(
            "the namespace is being deleted: see what keeps it with `{}`, and run the same command again once it is gone",
            kubectl("get namespaces -o wide")
        );
    }
    match question(message) {
        Some(question) => format!(
            "ask whoever runs the cluster for that right; `{}` says whether it is there",
            kubectl(&question)
        ),
        // A plugin of the API server may say no for a reason of its own.
        None => format!(
            "mend what these words name; `{}` says which rights there are",
            kubectl("auth can-i --list")
        ),
    }
}

/// Asks for the right that was missing, such as `auth can-i patch deployments -n shop`; none where it is no right.
fn question(message: &str) -> Option<String> {
    let between = |before: &str, after: &str| {
        let (_, rest) = message.split_once(before)?;
        Some(rest.split_once(after)?.0.to_owned())
    };
    let verb = between("cannot ", " ")?;
    let resource = between("resource \"", "\"")?;
    let group = between("API group \"", "\"").filter(|group| !group.is_empty());
    let group = group.map_or_else(String::new, |group| format!(".{group}"));
    let place = between("in the namespace \"", "\"");
    let place = place.map_or_else(String::new, |namespace| format!(" -n {namespace}"));
    Some(format!("auth can-i {verb} {resource}{group}{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(code: u16, message: &str) -> Option<String> {
        let status = Status {
            code,
            message: message.to_owned(),
            ..Status::default()
        };
        remedy(&kube::Error::Api(Box::new(status)), |words| {
            format!("kubectl {words}")
        })
    }

    #[test]
    fn a_right_that_is_missing_can_be_asked_for() {
        let words = "deployments.apps \"backend\" is forbidden: User \"ann\" cannot patch resource \"deployments\" in \
                     API group \"apps\" in the namespace \"shop\"";
        let next = next(403, words).unwrap();
        assert!(
            next.contains("`kubectl auth can-i patch deployments.apps -n shop`"),
            "{next}"
        );
    }

    #[test]
    fn a_refusal_in_other_words_is_no_dead_end() {
        let next = next(403, "not you").unwrap();
        assert!(next.contains("`kubectl auth can-i --list`"), "{next}");
    }

    #[test]
    fn a_right_in_the_whole_cluster_has_no_namespace() {
        let words = "User \"ann\" cannot create resource \"namespaces\" in API group \"\" at the cluster scope";
        let next = next(403, words).unwrap();
        assert!(
            next.contains("`kubectl auth can-i create namespaces`"),
            "{next}"
        );
    }

    #[test]
    fn each_refusal_has_its_own_remedy() {
        let webhook =
            "Internal error occurred: failed calling webhook \"a.b.c\": connection refused";
        let quota = "pods \"a\" is forbidden: exceeded quota: small, requested: pods=1";
        let level = "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\"";
        let invalid = "Deployment.apps \"backend\" is invalid: spec.replicas: Invalid value: -1";
        for (code, message, expected) in [
            (500, webhook, "kubectl get validatingwebhookconfigurations"),
            (403, quota, "kubectl describe quota"),
            (403, level, "kubectl get namespaces -L"),
            (422, invalid, "shopctl render --out"),
            (401, "Unauthorized", "kubectl auth whoami"),
        ] {
            let next = next(code, message).unwrap();
            assert!(next.contains(expected), "{next}");
        }
        assert_eq!(next(503, "the server is starting"), None);
    }

    #[test]
    fn what_is_no_right_is_not_asked_for_as_one() {
        let denied =
            "admission webhook \"policy.example.com\" denied the request: images must be signed";
        let going = "leases \"shopctl\" is forbidden: unable to create new content in namespace shop because it is \
                     being terminated";
        for (message, expected) in [
            (denied, "`policy.example.com` says"),
            (going, "the namespace is being deleted"),
            ("not you", "auth can-i --list"),
        ] {
            let next = next(403, message).unwrap();
            assert!(next.contains(expected), "{next}");
            assert!(!next.contains("for that right"), "{next}");
        }
        let status = Status {
            code: 400,
            message: denied.to_owned(),
            ..Status::default()
        };
        let error = kube::Error::Api(Box::new(status));
        assert_eq!(reason(&error), Some("webhook-denied"));
    }
}
