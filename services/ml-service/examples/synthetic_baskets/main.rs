//! Writes baskets of an invented supermarket to standard output, as `ml-service evaluate` reads them.
//!
//! `cargo run --release -p ml-service --example synthetic_baskets -- --baskets 148000 --items 13300 > baskets.csv`

mod supermarket;

use std::io::{BufWriter, Write};

use clap::Parser;
use supermarket::{Size, Supermarket};

/// Write invented baskets as CSV.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many baskets
    #[arg(long, default_value_t = 10_000)]
    baskets: u32,
    /// How many different items
    #[arg(long, default_value_t = 1_000)]
    items: u32,
    /// How many households shop there
    #[arg(long, default_value_t = 500)]
    households: u32,
    /// The same seed writes the same file
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> std::io::Result<()> {
    let Arguments {
        baskets,
        items,
        households,
        seed,
    } = Arguments::parse();
    let mut supermarket = Supermarket::new(
        Size {
            baskets,
            items,
            households,
        },
        seed,
    );
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "basket,item,timestamp")?;
    for basket in 0..baskets {
        for item in supermarket.basket(basket) {
            writeln!(out, "b{basket},i{item},{basket}")?;
        }
    }
    out.flush()
}
