//! By what the objects of a shop are found.

/// The label with the name of the component.
pub const NAME: &str = "app.kubernetes.io/name";

/// The label with the name of what the object belongs to.
pub const PART_OF: &str = "app.kubernetes.io/part-of";

/// What a shop is called there.
pub const SHOP: &str = "shopmicro";

/// Selects what belongs to a shop; a probe of `verify` that bears the labels of a component does not.
pub const OF_A_SHOP: &str = "app.kubernetes.io/part-of=shopmicro,!shopmicro.dev/probe";

/// Whether the object is what [`OF_A_SHOP`] selects.
pub fn is_of_a_shop(object: &impl kube::ResourceExt) -> bool {
    let labels = object.labels();
    let part_of = labels.get("app.kubernetes.io/part-of");
    part_of.is_some_and(|shop| shop == "shopmicro") && !labels.contains_key("shopmicro.dev/probe")
}

/// Selects what belongs to a shop and was made by `shopctl`.
pub const OF_OUR_SHOP: &str =
    "app.kubernetes.io/part-of=shopmicro,app.kubernetes.io/managed-by=shopctl";

/// Selects what was made by `shopctl`, whether it belongs to a shop or not.
pub const MADE_BY_US: &str = "app.kubernetes.io/managed-by=shopctl";
