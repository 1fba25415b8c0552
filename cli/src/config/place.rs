//! Where a key stands in a text of YAML.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

/// A line and a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

impl Place {
    /// The beginning of a text.
    const BEGINNING: Self = Self { line: 1, column: 1 };

    /// Where a key, written with dots, stands; where it is not written, where the nearest one above it does.
    pub fn of(key: &str, text: &str) -> Self {
        let mut nearest = Self::BEGINNING;
        // What cannot be read has been refused before, with its own place.
        let Ok(mut node) = serde_yaml::from_str::<Node>(text) else {
            return nearest;
        };
        for segment in key.split('.') {
            let Some((place, below)) = node.entry(segment) else {
                break;
            };
            (nearest, node) = (place, below);
        }
        nearest
    }
}

/// The keys of a mapping with their places and what is below them; nothing for any other value.
#[derive(Debug, Default)]
struct Node(Vec<(String, Place, Node)>);

impl Node {
    fn entry(self, key: &str) -> Option<(Place, Self)> {
        let mut entries = self.0.into_iter();
        let (_, place, below) = entries.find(|(name, _, _)| name == key)?;
        Some((place, below))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, below)) = entries.next_entry::<Spanned<String>, Node>()? {
            let place = Place {
                line: key.referenced.line(),
                column: key.referenced.column(),
            };
            keys.push((key.value, place, below));
        }
        Ok(Node(keys))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A shop.
backend:
  replicas: {min: 5, max: 2}
  resources:
    limits: {cpu: 1, memory: ~}
images:
  plain_http: [a, {b: 1}]
expose:
  tls:
";

    fn place(key: &str) -> (u64, u64) {
        let Place { line, column } = Place::of(key, TEXT);
        (line, column)
    }

    #[test]
    fn a_key_is_found_in_every_style() {
        assert_eq!(place("backend.replicas.max"), (3, 22));
        assert_eq!(place("backend.resources.limits.memory"), (5, 22));
        assert_eq!(place("expose.tls"), (9, 3));
    }

    #[test]
    fn a_key_that_is_not_written_is_where_the_nearest_one_is() {
        assert_eq!(place("backend.resources.requests.cpu"), (4, 3));
        assert_eq!(place("expose.gateway.class"), (8, 1));
        assert_eq!(place("images.plain_http.x"), (7, 3));
        assert_eq!(place("ingress.class"), (1, 1));
        assert_eq!(Place::of("a", "{{"), Place::BEGINNING);
        assert_eq!(Place::of("a", ""), Place::BEGINNING);
    }
}
