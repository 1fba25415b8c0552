//! Categories, products, pages, one product and its picture.

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Categories, Product, ProductPage, Visit};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "catalogue",
    title: "categories, stable pages of products, a product and its picture",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// A real shop has at least this many.
const CATEGORIES: usize = 12;

/// The first pages, in the order that ties are most likely to shake.
const PAGES: [&str; 3] = [
    "/api/products?sort=price&per_page=24&page=1",
    "/api/products?sort=price&per_page=24&page=2",
    "/api/products?sort=price&per_page=24&page=1",
];

async fn judge(visit: &Visit<'_>) -> Judgement {
    let (categories, first, second, again) = tokio::join!(
        visit.door.get("/api/categories").send(),
        visit.door.get(PAGES[0]).send(),
        visit.door.get(PAGES[1]).send(),
        visit.door.get(PAGES[2]).send(),
    );
    let categories: Categories = categories?.ok()?;
    let (first, second, again): (ProductPage, ProductPage, ProductPage) =
        (first?.ok()?, second?.ok()?, again?.ok()?);
    ensure_counts(&categories, &first)?;
    ensure_stable(&first, &second, &again)?;
    ensure_product(visit, &first.items[0]).await?;
    Ok(format!(
        "{} products in {} categories",
        first.total,
        categories.items.len()
    ))
}

fn ensure_counts(categories: &Categories, page: &ProductPage) -> Result<(), Trouble> {
    let count = categories.items.len();
    ensure(count >= CATEGORIES, || {
        broken(format!(
            "`/api/categories` has {count} categories instead of {CATEGORIES} or more"
        ))
    })?;
    ensure(!page.items.is_empty(), || {
        Trouble::new("`/api/products` has no products", "shopctl up")
    })?;
    let in_categories: usize = categories
        .items
        .iter()
        .map(|category| category.products)
        .sum();
    ensure(in_categories == page.total, || {
        broken(format!(
            "`/api/categories` counts {in_categories} products and `/api/products` {}",
            page.total
        ))
    })
}

fn ensure_stable(
    first: &ProductPage,
    second: &ProductPage,
    again: &ProductPage,
) -> Result<(), Trouble> {
    ensure(first.ids() == again.ids(), || {
        broken(format!(
            "`{}` is not the same when it is read again",
            PAGES[0]
        ))
    })?;
    let seen = first.ids();
    let twice = second.ids().into_iter().find(|id| seen.contains(id));
    match twice {
        Some(id) => Err(broken(format!(
            "product {id} is on pages 1 and 2 of `/api/products`"
        ))),
        None => Ok(()),
    }
}

async fn ensure_product(visit: &Visit<'_>, listed: &Product) -> Result<(), Trouble> {
    let path = format!("/api/products/{}", listed.id);
    let (product, picture) = tokio::join!(
        visit.door.get(&path).send(),
        visit.door.get(&listed.image).send()
    );
    let product: Product = product?.ok()?;
    // Somebody may buy between the two reads, so the stock is not compared.
    let same = (&product.name, &product.price) == (&listed.name, &listed.price);
    ensure(same, || {
        broken(format!(
            "`{path}` differs from its entry in `/api/products`"
        ))
    })?;
    let picture = picture?.expect(200)?;
    let kind = picture.header("content-type");
    let drawn = kind.starts_with("image/") && !picture.body.is_empty();
    ensure(drawn, || {
        picture.trouble(&format!("is no picture but `{kind}`"))
    })
}

fn broken(cause: String) -> Trouble {
    Trouble::of(Component::Backend, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[i32]) -> ProductPage {
        let product = |id: &i32| {
            serde_json::json!({
                "id": id, "name": "Mug", "category": "kitchen", "stock": 1, "image": "/x.svg",
                "price": { "amount": 1, "currency": "EUR" }
            })
        };
        let items: Vec<_> = ids.iter().map(product).collect();
        serde_json::from_value(serde_json::json!({ "items": items, "total": ids.len() })).unwrap()
    }

    #[test]
    fn pages_must_be_stable_and_apart() {
        assert!(ensure_stable(&page(&[1, 2]), &page(&[3]), &page(&[1, 2])).is_ok());
        let moved = ensure_stable(&page(&[1, 2]), &page(&[3]), &page(&[2, 1])).unwrap_err();
        assert!(moved.cause.contains("not the same"), "{}", moved.cause);
        let twice = ensure_stable(&page(&[1, 2]), &page(&[2]), &page(&[1, 2])).unwrap_err();
        assert_eq!(
            twice.cause,
            "product 2 is on pages 1 and 2 of `/api/products`"
        );
    }

    #[test]
    fn categories_must_add_up_to_the_products() {
        let categories = |count: usize, each: usize| -> Categories {
            let items = vec![serde_json::json!({ "products": each }); count];
            serde_json::from_value(serde_json::json!({ "items": items })).unwrap()
        };
        let products = page(&(1..=24).collect::<Vec<_>>());
        assert!(ensure_counts(&categories(12, 2), &products).is_ok());
        assert!(ensure_counts(&categories(11, 2), &products).is_err());
        assert!(ensure_counts(&categories(12, 3), &products).is_err());
    }
}
