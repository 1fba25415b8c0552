//! The engines of the field, wrapped: `shopctl` starts them, reads what they tell and names what went wrong.

pub mod ansible;
