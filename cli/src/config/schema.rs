//! The JSON Schema of `shop.yaml`, for editors and pipelines.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::file::File;

/// The schema, made of the types that read the file.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<File>();
    schema.insert("title".to_owned(), "shop.yaml of shopctl".into());
    schema.insert(
        "$id".to_owned(),
        "https://shopmicro.dev/schemas/shop.json".into(),
    );
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_described_and_no_other_is_allowed() {
        let schema = schema();
        assert_eq!(schema["additionalProperties"], false);
        for section in [
            "backend",
            "expose",
            "images",
            "ingress",
            "kubernetes",
            "postgres",
            "redis",
        ] {
            let described = &schema["properties"][section]["description"];
            assert!(described.is_string(), "{section}: {described}");
        }
    }
}
