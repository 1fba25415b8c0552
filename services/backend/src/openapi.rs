//! The OpenAPI document: generated from the handlers, completed with what is the same for all of them.

use serde_json::{Map, Value, json};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::app;
use crate::customer::{country, email};
use crate::text::{PRINTABLE_PATTERN, VISIBLE_PATTERN};

/// Problems of every operation with a body.
const BODY_PROBLEMS: [(&str, &str); 3] = [
    ("413", "The body is too large"),
    ("415", "The body is not JSON"),
    ("400", "The request cannot be understood"),
];

/// The document as it is served.
pub fn document() -> Value {
    let (_, description) = app::routes().split_for_parts();
    let mut document = serde_json::to_value(description).unwrap_or_default();
    for operation in operations(&mut document) {
        complete(operation);
    }
    add_links(&mut document);
    resolve_names(&mut document);
    document
}

/// The document as compact JSON.
pub fn text() -> String {
    document().to_string()
}

/// What the document begins with.
pub(crate) fn head() -> OpenApi {
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token that was shown when the order was placed"))
        .build();
    let components = ComponentsBuilder::new()
        .schema(kit::Problem::name(), kit::Problem::schema())
        .security_scheme("order_token", SecurityScheme::Http(bearer))
        .build();
    let info = InfoBuilder::new()
        .title("ShopMicro")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Catalogue, search, carts, checkout and orders. Errors are RFC 9457 problem documents.",
        ))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .build()
}

/// How one step of a purchase leads to the next.
fn add_links(document: &mut Value) {
    let id = json!({"id": "$response.body#/id"});
    let purchase = json!({
        "cart_id": "$response.body#/id",
        "customer": {
            "name": "Ada Example",
            "email": "ada@example.com",
            "address": {"line1": "Quiet Lane 12", "postal_code": "1010", "city": "Vienna", "country": "AT"},
        },
        "payment_token": "tok_ok",
    });
    let cart_created = json!({
        "cart": {"operationId": "get_cart", "parameters": id},
        "item": {"operationId": "set_cart_item", "parameters": id},
        "recommendations": {"operationId": "recommend_for_cart", "parameters": id},
    });
    let item_set = json!({"purchase": {"operationId": "place_order", "requestBody": purchase}});
    let order_placed = json!({
        "order": {"operationId": "get_order", "parameters": id},
        "cancellation": {"operationId": "cancel_order", "parameters": id},
    });
    for (operation, status, links) in [
        ("create_cart", "201", cart_created),
        ("set_cart_item", "200", item_set),
        ("place_order", "201", order_placed),
    ] {
        for found in operations(document)
            .filter(|candidate| candidate.get("operationId") == Some(&operation.into()))
        {
            found["responses"][status]["links"] = links.clone();
        }
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    document
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|path| path.values_mut())
        .filter_map(Value::as_object_mut)
}

/// Every error is a problem document; operations with a body have some errors in common.
fn complete(operation: &mut Map<String, Value>) {
    let has_body = operation.contains_key("requestBody");
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    if has_body {
        for (status, description) in BODY_PROBLEMS {
            responses
                .entry(status)
                .or_insert_with(|| json!({"description": description}));
        }
    }
    responses
        .entry("500")
        .or_insert_with(|| json!({"description": "Something went wrong on our side"}));
    for (status, response) in responses.iter_mut() {
        let is_error = status.starts_with('4') || status.starts_with('5');
        if is_error && let Some(response) = response.as_object_mut() {
            response.entry("content").or_insert_with(problem_content);
        }
    }
}

fn problem_content() -> Value {
    json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}})
}

/// Attributes of fields take only literals; long patterns have a name there and are put in here.
fn resolve_names(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(pattern)) = members.get_mut("pattern") {
                match pattern.as_str() {
                    "<visible>" => VISIBLE_PATTERN.clone_into(pattern),
                    "<printable>" => PRINTABLE_PATTERN.clone_into(pattern),
                    "<email>" => email::PATTERN.clone_into(pattern),
                    "<country>" => {
                        members.remove("pattern");
                        members.insert("enum".to_owned(), country::CODES.split(' ').collect());
                    }
                    _ => {}
                }
            }
            members.values_mut().for_each(resolve_names);
        }
        Value::Array(items) => items.iter_mut().for_each(resolve_names),
        _ => {}
    }
}
