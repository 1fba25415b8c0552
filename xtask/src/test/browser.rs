//! The storefront in a real browser.

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;
use crate::shop::Shop;
use crate::tools;

/// Browse, search, buy, a declined card, a phone, the keyboard alone, accessibility.
pub fn test(repository: &Repository) -> Result<()> {
    tools::npm_packages(repository)?;
    let shop = Shop::new(repository)?;
    shop.up()?;
    run(repository.npm(["run", "e2e"]).env("BASE_URL", shop.url()))
}
