//! As much of JSON Schema as the one of shop.yaml uses; a word that is not known here is a failure.

use regex_lite::Regex;
use serde_json::{Map, Value};

/// Words that only describe.
const SILENT: [&str; 8] = [
    "$schema",
    "$id",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
    "format",
];

/// A JSON Schema.
pub struct Schema(Value);

impl Schema {
    /// The schema of that document.
    pub fn new(document: Value) -> Self {
        Self(document)
    }

    /// What is wrong with the value, with its place; nothing when it is valid.
    pub fn refusal(&self, value: &Value) -> Option<String> {
        self.judge(&self.0, value, "").err()
    }

    fn judge(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let Some(words) = schema.as_object() else {
            return refuse(
                schema == &Value::Bool(true),
                place,
                "nothing is allowed here",
            );
        };
        for (word, asked) in words {
            self.word(words, word, asked, value, place)?;
        }
        Ok(())
    }

    fn word(
        &self,
        words: &Map<String, Value>,
        word: &str,
        asked: &Value,
        value: &Value,
        place: &str,
    ) -> Result<(), String> {
        match word {
            "$ref" => self.judge(self.definition(asked), value, place),
            "anyOf" | "oneOf" => {
                let ways = asked.as_array().unwrap();
                let mut refusals = Vec::new();
                for way in ways {
                    match self.judge(way, value, place) {
                        Ok(()) => return Ok(()),
                        Err(refusal) => refusals.push(refusal),
                    }
                }
                Err(refusals.join("; "))
            }
            "type" => {
                let fits = |kind: &Value| is_of(kind.as_str().unwrap(), value);
                let fits = match asked {
                    Value::Array(kinds) => kinds.iter().any(fits),
                    kind => fits(kind),
                };
                refuse(fits, place, &format!("{value} is no {asked}"))
            }
            "const" => refuse(asked == value, place, &format!("{value} is not {asked}")),
            "enum" => {
                let fits = asked.as_array().unwrap().contains(value);
                refuse(fits, place, &format!("{value} is none of {asked}"))
            }
            "pattern" => {
                let pattern = Regex::new(asked.as_str().unwrap()).unwrap();
                let fits = value.as_str().is_none_or(|text| pattern.is_match(text));
                refuse(fits, place, &format!("{value} does not look like {asked}"))
            }
            "minimum" | "maximum" => {
                let limit = asked.as_f64().unwrap();
                let fits = |number| {
                    if word == "minimum" {
                        number >= limit
                    } else {
                        number <= limit
                    }
                };
                let fits = value.as_f64().is_none_or(fits);
                refuse(fits, place, &format!("{value}: {word} {asked}"))
            }
            "maxLength" => {
                let longest = usize::try_from(asked.as_u64().unwrap()).unwrap();
                let fits = value
                    .as_str()
                    .is_none_or(|text| text.chars().count() <= longest);
                refuse(fits, place, &format!("{value} is longer than {asked}"))
            }
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                items.try_for_each(|item| self.judge(asked, item, place))
            }
            "properties" | "additionalProperties" => self.entries(words, value, place),
            _ if SILENT.contains(&word) => Ok(()),
            _ => Err(format!("{place}: this test does not know `{word}`")),
        }
    }

    /// Both words at once: what is not a property is an additional one.
    fn entries(
        &self,
        words: &Map<String, Value>,
        value: &Value,
        place: &str,
    ) -> Result<(), String> {
        for (key, below) in value.as_object().into_iter().flatten() {
            let place = format!("{place}/{key}");
            let known = words.get("properties").and_then(|known| known.get(key));
            if let Some(schema) = known.or_else(|| words.get("additionalProperties")) {
                self.judge(schema, below, &place)?;
            }
        }
        Ok(())
    }

    fn definition(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().unwrap().trim_start_matches('#');
        self.0.pointer(pointer).unwrap()
    }
}

fn refuse(fits: bool, place: &str, cause: &str) -> Result<(), String> {
    if fits {
        Ok(())
    } else {
        Err(format!("{place}: {cause}"))
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => false,
    }
}
