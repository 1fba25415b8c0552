//! What a cluster may do to pods: policies that change them, and webhooks that must be asked.

use super::scene::Scene;

const KINDS: &str =
    "mutatingadmissionpolicies,mutatingadmissionpolicybindings,validatingwebhookconfigurations";

/// Has the API server write another value, an expression of CEL, into every new pod of a part. It is what a careless policy does, and it makes
/// the same fault whoever deploys.
pub fn rewrite(scene: &Scene<'_>, part: &str, path: &str, value: &str) {
    scene.apply(&format!(
        r#"apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {{name: fault, labels: {{MARK: ""}}}}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
      - {{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}}
  matchConditions:
    - name: part
      expression: "has(object.metadata.labels) && 'app.kubernetes.io/name' in object.metadata.labels && object.metadata.labels['app.kubernetes.io/name'] == '{part}'"
  mutations:
    - patchType: JSONPatch
      jsonPatch:
        expression: "[JSONPatch{{op: 'add', path: '/metadata/labels/rewritten', value: 'yes'}}, JSONPatch{{op: 'replace', path: '{path}', value: {value}}}]"
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {{name: fault, labels: {{MARK: ""}}}}
spec: {{policyName: fault}}
"#
    ));
    scene.await_pods(part, false);
}

/// Has the API server ask for every new pod somebody who is not there.
pub fn ask_nobody(scene: &Scene<'_>) {
    scene.apply(
        r#"apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: fault, labels: {MARK: ""}}
webhooks:
  - name: pods.fault.test
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    timeoutSeconds: 5
    clientConfig: {service: {namespace: default, name: nobody, port: 443, path: /}}
    rules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
    namespaceSelector:
      matchExpressions:
        - {key: kubernetes.io/metadata.name, operator: In, values: [default, shopmicro, helm]}
"#,
    );
    scene.await_pods("frontend", false);
}

/// Takes all of it back.
pub fn clear(scene: &Scene<'_>, part: &str) {
    scene.clear(KINDS);
    scene.await_pods(part, true);
}
