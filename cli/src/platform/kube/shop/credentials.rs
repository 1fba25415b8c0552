//! Values of the shop's Secrets.

use k8s_openapi::api::core::v1::Secret as Object;
use kube::Api;

use crate::config::Secret;
use crate::platform::Error;
use crate::platform::kube::Cluster;

/// The value of one key of a Secret.
pub async fn read(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
    key: &str,
) -> Result<Secret, Error> {
    let secrets: Api<Object> = Api::namespaced(cluster.client.clone(), namespace);
    let action = || format!("read key `{key}` of Secret `{name}` in namespace `{namespace}`");
    let missing = |cause: &str| Error::Cluster {
        action: action(),
        cause: cause.to_owned(),
        hint: cluster.kubectl(&format!("describe secret {name} -n {namespace}")),
    };
    let secret = secrets.get_opt(name).await;
    let secret = secret.map_err(|error| cluster.failed(action(), &error))?;
    let data = secret
        .ok_or_else(|| missing("there is no such Secret"))?
        .data;
    let value = data.unwrap_or_default().remove(key);
    let value = value.ok_or_else(|| missing("it has no such key"))?;
    let text = String::from_utf8(value.0).map_err(|_| missing("its value is no text"))?;
    Ok(Secret::new(text.trim_end()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::kube::conversation::{Answer, Conversation};

    #[tokio::test]
    async fn a_value_and_what_is_missing() {
        let secret = json!({ "metadata": { "name": "backend-tokens" }, "data": { "synthetic-token": "YWJjCg==" } });
        let talk = Conversation::with(vec![(
            "GET /api/v1/namespaces/shop/secrets/backend-tokens",
            Answer::Object(secret),
        )]);
        let read = async |name, key| read(&talk.cluster, "shop", name, key).await;
        let token = read("backend-tokens", "synthetic-token").await.unwrap();
        assert_eq!(token.reveal(), "abc");
        let missing = read("backend-tokens", "other").await.unwrap_err();
        assert_eq!(
            missing.to_string(),
            "cannot read key `other` of Secret `backend-tokens` in namespace `shop`: it has no such key"
        );
        let missing = read("redis-credentials", "url").await.unwrap_err();
        assert!(
            missing.to_string().ends_with("there is no such Secret"),
            "{missing}"
        );
    }
}
