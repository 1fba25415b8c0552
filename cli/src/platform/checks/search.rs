//! Full-text search.

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Product, ProductPage, Visit};
use crate::plan::Component;

/// The check.
pub const CHECK: Check = Check {
    name: "search",
    title: "a word and its beginning find a product, nonsense finds none",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// No language has it.
const NONSENSE: &str = "qzxjvkwqzx";

/// The shortest word worth looking for, in letters.
const LETTERS: usize = 5;

/// So many pages of 100 are looked through; ranking may put others first.
const PAGES: usize = 10;

async fn judge(visit: &Visit<'_>) -> Judgement {
    let page: ProductPage = visit
        .door
        .get("/api/products?per_page=24")
        .send()
        .await?
        .ok()?;
    let (product, word) = page
        .items
        .iter()
        .find_map(|product| Some((product, telling_word(&product.name)?)))
        .ok_or_else(|| Trouble::new("no product has a name to search for", "shopctl up"))?;
    let prefix = &word[..word.len().div_ceil(2)];
    tokio::try_join!(
        ensure_finds(visit, &word, product),
        ensure_finds(visit, prefix, product),
        ensure_finds_nothing(visit),
    )?;
    Ok(format!("`{word}` and `{prefix}` find \"{}\"", product.name))
}

/// The longest plain word of a name, in lower case.
fn telling_word(name: &str) -> Option<String> {
    name.split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.len() >= LETTERS && word.chars().all(|c| c.is_ascii_alphabetic()))
        .max_by_key(|word| word.len())
        .map(str::to_ascii_lowercase)
}

async fn ensure_finds(visit: &Visit<'_>, text: &str, product: &Product) -> Result<(), Trouble> {
    for number in 1..=PAGES {
        let path = format!("/api/products?search={text}&per_page=100&page={number}");
        let page: ProductPage = visit.door.get(&path).send().await?.ok()?;
        if page.ids().contains(&product.id) {
            return Ok(());
        }
        if page.total <= number * 100 {
            break;
        }
    }
    let cause = format!(
        "searching for `{text}` does not find product {}, \"{}\"",
        product.id, product.name
    );
    Err(Trouble::of(Component::Backend, cause))
}

async fn ensure_finds_nothing(visit: &Visit<'_>) -> Result<(), Trouble> {
    let path = format!("/api/products?search={NONSENSE}");
    let page: ProductPage = visit.door.get(&path).send().await?.ok()?;
    ensure(page.total == 0 && page.items.is_empty(), || {
        let cause = format!("searching for `{NONSENSE}` finds {} products", page.total);
        Trouble::of(Component::Backend, cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_plain_word_tells_most() {
        assert_eq!(
            telling_word("Stoneware mug, sage").as_deref(),
            Some("stoneware")
        );
        assert_eq!(telling_word("Müslischale 20cm cap"), None);
    }
}
