//! The page and everything that it needs.

use futures_util::future::try_join_all;

use super::check::{Check, When};
use super::references::references;
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Answer, Visit};

/// The check.
pub const CHECK: Check = Check {
    name: "storefront",
    title: "the page and every file that it names are served, with a strict policy",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// A page inside the application, which the server does not know and must answer with the same page.
const INNER_PAGE: &str = "/products/1";

/// The type of each kind of file.
const TYPES: [(&str, &str); 10] = [
    (".js", "text/javascript"),
    (".css", "text/css"),
    (".svg", "image/svg+xml"),
    (".png", "image/png"),
    (".webp", "image/webp"),
    (".ico", "image/"),
    (".woff2", "font/woff2"),
    (".json", "application/json"),
    (".webmanifest", "application/manifest+json"),
    (".txt", "text/plain"),
];

async fn judge(visit: &Visit<'_>) -> Judgement {
    let (page, inner) = tokio::join!(
        visit.door.get("/").send(),
        visit.door.get(INNER_PAGE).send()
    );
    let page = page?.expect(200)?;
    ensure_page(&page)?;
    let inner = inner?.expect(200)?;
    ensure(inner.body == page.body, || {
        inner.trouble("is not the storefront's page")
    })?;
    let paths = references(&page.text()).map_err(|path| {
        page.trouble(&format!("needs `{path}`, which is not served by this shop"))
    })?;
    ensure(
        paths
            .iter()
            .any(|path| kind(path) == Some("text/javascript")),
        || page.trouble("names no script, so that it stays empty"),
    )?;
    let files = try_join_all(paths.iter().map(|path| file(visit, path))).await?;
    let bytes: usize = files.into_iter().sum();
    Ok(format!(
        "page and {} files, {} KB",
        paths.len(),
        bytes.div_ceil(1000)
    ))
}

fn ensure_page(page: &Answer) -> Result<(), Trouble> {
    let kind = page.header("content-type");
    ensure(kind.starts_with("text/html"), || {
        page.trouble(&format!("is `{kind}` instead of `text/html`"))
    })?;
    let policy = page.header("content-security-policy");
    ensure(policy.contains("default-src"), || {
        page.trouble("has no Content-Security-Policy with `default-src`")
    })?;
    let loose = ["'unsafe-inline'", "'unsafe-eval'"];
    let loose = loose
        .into_iter()
        .find(|word| script_policy(policy).contains(word));
    loose.map_or(Ok(()), |word| {
        Err(page.trouble(&format!(
            "allows scripts {word} in its Content-Security-Policy"
        )))
    })
}

/// The directive that holds for scripts.
fn script_policy(policy: &str) -> &str {
    let directive = |name: &str| {
        let directives = policy.split(';').map(str::trim);
        directives
            .into_iter()
            .find(|directive| directive.split(' ').next() == Some(name))
    };
    directive("script-src")
        .or_else(|| directive("default-src"))
        .unwrap_or_default()
}

/// The size of a file in bytes, as it travels.
async fn file(visit: &Visit<'_>, path: &str) -> Result<usize, Trouble> {
    let file = visit.door.get(path).send().await?.expect(200)?;
    let served = file.header("content-type");
    if let Some(kind) = kind(path) {
        ensure(served.starts_with(kind), || {
            file.trouble(&format!("is `{served}` instead of `{kind}`"))
        })?;
    }
    ensure(!file.body.is_empty(), || file.trouble("is empty"))?;
    Ok(file.body.len())
}

fn kind(path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let kind = TYPES.iter().find(|(ending, _)| path.ends_with(ending));
    kind.map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_for_scripts_falls_back_to_the_default() {
        assert_eq!(
            script_policy("default-src 'none'; script-src 'self'; style-src 'unsafe-inline'"),
            "script-src 'self'"
        );
        assert_eq!(script_policy("default-src 'self'"), "default-src 'self'");
        assert_eq!(script_policy(""), "");
    }

    #[test]
    fn files_have_their_kind() {
        assert_eq!(kind("/assets/index-abc123.js?v=1"), Some("text/javascript"));
        assert_eq!(kind("/assets/unknown"), None);
    }
}
