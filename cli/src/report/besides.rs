//! What `up` would do to a cluster besides changing objects.

use crate::platform::kube::Preview;

/// What is to be done besides changing objects.
pub fn lines(preview: &Preview) -> Vec<String> {
    let mut text = Vec::new();
    if preview.unfinished {
        text.push("  > a release that was begun is brought to its end".to_owned());
    }
    if preview.difference.images_missing {
        text.push("  > images that the registry lacks are pushed".to_owned());
    }
    let made = preview.secrets.iter();
    text.extend(made.map(|name| format!("  + secret/{name}: what it lacks is made")));
    let unready = preview.unready.iter();
    text.extend(unready.map(|part| format!("  > {part} is not ready and is waited for")));
    text
}

/// Whether `up` would do nothing, and refuse nothing.
pub fn is_idle(preview: &Preview) -> bool {
    preview.difference.is_nothing() && preview.refusals.is_empty()
}

/// A release whose objects are as they should be, and which `up` would work on all the same.
#[cfg(test)]
pub fn besides_objects() -> Preview {
    Preview {
        difference: crate::plan::Difference {
            images_missing: true,
            phases: crate::plan::manifest::Phase::ALL.into(),
            ..crate::plan::Difference::default()
        },
        secrets: vec!["redis-credentials".to_owned()],
        unready: vec![crate::plan::Component::Backend],
        unfinished: true,
        refusals: vec![crate::platform::Error::Prerequisite {
            what: "Secret `tls` is missing".to_owned(),
            cure: "make it".to_owned(),
        }],
        ..Preview::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_what_else_up_would_do() {
        assert_eq!(
            lines(&besides_objects()),
            [
                "  > a release that was begun is brought to its end",
                "  > images that the registry lacks are pushed",
                "  + secret/redis-credentials: what it lacks is made",
                "  > backend is not ready and is waited for",
            ]
        );
        assert!(!is_idle(&besides_objects()) && is_idle(&Preview::default()));
    }
}
