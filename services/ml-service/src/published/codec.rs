//! The payload of a published model.
//!
//! ```text
//! magic     8 bytes   "shopmodl"
//! format    u32       1, little-endian as everything that follows
//! checksum  32 bytes  SHA-256 of the rest
//! settings  8 x f32   parameters in the order of their structs; the number of voters is a varint after them
//! products  varint n, then n x i32, best-selling first; a product's position is its number below
//! baskets   varint m, then m lists of numbers
//! weights   for each of k <= n products (varint k): a list of numbers, then one f32 for each
//! ```
//!
//! A list is its length and the ascending numbers, each as its difference to the one before, all as varints.

use sha2::{Digest, Sha256};

use super::ProductModel;
use super::bytes::{Reader, write_ascending, write_number};
use crate::dataset::{Baskets, Corpus};
use crate::model::{
    Affinities, BlendWeights, EaseParameters, NeighbourParameters, Parameters, Recommender,
};

const MAGIC: &[u8; 8] = b"shopmodl";
const FORMAT: u32 = 1;

/// Why bytes are not a model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// They are something else.
    #[error("not a model of this shop")]
    Magic,
    /// They are from a later release.
    #[error("model format {0} is unknown to this release (it knows {FORMAT})")]
    Format(u32),
    /// They were damaged.
    #[error("the checksum does not match: the model is damaged")]
    Checksum,
    /// They end too soon.
    #[error("the model ends too soon")]
    Truncated,
    /// They contradict themselves.
    #[error("the model is invalid: {0}")]
    Invalid(&'static str),
}

/// Encodes a model with sparse affinities. The same model always gives the same bytes.
pub fn encode(model: &ProductModel) -> Vec<u8> {
    let recommender = model.recommender();
    let mut body = Vec::new();
    write_settings(&mut body, &recommender.parameters);
    write_number(&mut body, length(model.products().len()));
    for product in model.products() {
        body.extend(product.to_le_bytes());
    }
    let baskets = &recommender.corpus.baskets;
    write_number(&mut body, length(baskets.len()));
    for basket in baskets.iter() {
        write_ascending(&mut body, basket.iter().copied());
    }
    let rows = match &recommender.affinities {
        Affinities::Sparse(rows) => rows.as_slice(),
        // A dense model is for evaluation only; without its affinities it still has its neighbours.
        Affinities::Dense { .. } => &[],
    };
    write_number(&mut body, length(rows.len()));
    for row in rows {
        write_ascending(&mut body, row.iter().map(|entry| entry.0));
        body.extend(row.iter().flat_map(|entry| entry.1.to_le_bytes()));
    }
    let mut bytes = Vec::with_capacity(body.len() + 44);
    bytes.extend(MAGIC);
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend(Sha256::digest(&body));
    bytes.extend(body);
    bytes
}

/// Decodes a model. Whatever the bytes are, the answer is a usable model or an error.
pub fn decode(bytes: &[u8]) -> Result<ProductModel, CodecError> {
    let mut reader = Reader(bytes);
    if reader.array::<8>()? != *MAGIC {
        return Err(CodecError::Magic);
    }
    let format = u32::from_le_bytes(reader.array()?);
    if format != FORMAT {
        return Err(CodecError::Format(format));
    }
    let checksum: [u8; 32] = reader.array()?;
    if Sha256::digest(reader.0)[..] != checksum {
        return Err(CodecError::Checksum);
    }
    let parameters = read_settings(&mut reader)?;
    let products = (0..reader.count()?)
        .map(|_| Ok(i32::from_le_bytes(reader.array()?)))
        .collect::<Result<Vec<_>, CodecError>>()?;
    let items = length(products.len());
    let mut baskets = Baskets::default();
    let mut numbers = Vec::new();
    for _ in 0..reader.count()? {
        reader.ascending(items, &mut numbers)?;
        baskets.push(&numbers);
    }
    let rows = read_rows(&mut reader, items)?;
    if !reader.0.is_empty() {
        return Err(CodecError::Invalid("there is something behind its end"));
    }
    let corpus = Corpus::from_numbered(baskets, items);
    Ok(ProductModel::new(
        Recommender::from_parts(corpus, Affinities::Sparse(rows), parameters),
        products,
    ))
}

fn read_rows(reader: &mut Reader<'_>, items: u32) -> Result<Vec<Vec<(u32, f32)>>, CodecError> {
    let mut numbers = Vec::new();
    let mut row = |reader: &mut Reader<'_>| {
        reader.ascending(items, &mut numbers)?;
        numbers
            .iter()
            .map(|&number| Ok((number, reader.float()?)))
            .collect()
    };
    (0..reader.count()?).map(|_| row(reader)).collect()
}

fn write_settings(out: &mut Vec<u8>, parameters: &Parameters) {
    let Parameters {
        ease,
        neighbours,
        blend,
    } = parameters;
    let EaseParameters {
        length_power,
        dropout,
        ridge,
    } = ease;
    let BlendWeights {
        neighbours: neighbour_weight,
        popularity,
    } = blend;
    let NeighbourParameters {
        rarity_power,
        length_power: neighbour_length_power,
        sharpness,
        voters,
    } = neighbours;
    for setting in [
        length_power,
        dropout,
        ridge,
        rarity_power,
        neighbour_length_power,
        sharpness,
        neighbour_weight,
        popularity,
    ] {
        out.extend(setting.to_le_bytes());
    }
    write_number(out, *voters);
}

fn read_settings(reader: &mut Reader<'_>) -> Result<Parameters, CodecError> {
    let ease = EaseParameters {
        length_power: reader.float()?,
        dropout: reader.float()?,
        ridge: reader.float()?,
    };
    let mut neighbours = NeighbourParameters {
        rarity_power: reader.float()?,
        length_power: reader.float()?,
        sharpness: reader.float()?,
        voters: 0,
    };
    let blend = BlendWeights {
        neighbours: reader.float()?,
        popularity: reader.float()?,
    };
    neighbours.voters = reader.number()?;
    Ok(Parameters {
        ease,
        neighbours,
        blend,
    })
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{CodecError, decode, encode};
    use crate::dataset::{Baskets, Corpus};
    use crate::model::{FitOptions, Parameters, Recommender};
    use crate::published::ProductModel;
    use sha2::{Digest, Sha256};

    fn model() -> ProductModel {
        let mut baskets = Baskets::default();
        for number in 0..40_u32 {
            baskets.push(&[0, 1 + number % 3]);
        }
        let corpus = Corpus::from_numbered(baskets, 4);
        let options = FitOptions {
            dense_items: 100,
            strongest: Some(3),
        };
        let recommender = Recommender::fit(corpus, Parameters::default(), options).unwrap();
        ProductModel::new(recommender, vec![70, 1, 300, 20])
    }

    /// Puts a checksum on a body that may be nonsense.
    fn sealed(body: &[u8]) -> Vec<u8> {
        [&b"shopmodl\x01\0\0\0"[..], &Sha256::digest(body), body].concat()
    }

    #[test]
    fn a_model_comes_back_as_it_was() {
        let model = model();
        let bytes = encode(&model);
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.products(), model.products());
        assert_eq!(
            decoded.recommender().affinities,
            model.recommender().affinities
        );
        assert_eq!(
            decoded.recommend(&[300, 9], 5),
            model.recommend(&[300, 9], 5)
        );
        assert_eq!(decoded.recommend(&[300], 1)[0].0, 70);
        assert_eq!(encode(&decoded), bytes);
    }

    #[test]
    fn every_damaged_byte_and_every_shorter_payload_is_noticed() {
        let bytes = encode(&model());
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 0x10;
            assert!(decode(&damaged).is_err(), "byte {position}");
            assert!(decode(&bytes[..position]).is_err(), "cut at {position}");
        }
        assert_eq!(decode(b"").unwrap_err(), CodecError::Truncated);
        assert_eq!(decode(&[0; 100]).unwrap_err(), CodecError::Magic);
        let mut later = bytes;
        later[8] = 9;
        assert_eq!(decode(&later).unwrap_err(), CodecError::Format(9));
    }

    #[test]
    fn a_well_sealed_lie_does_no_harm() {
        let body = encode(&model())[44..].to_vec();
        for position in 0..body.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut lie = body.clone();
                lie[position] = value;
                if let Ok(decoded) = decode(&sealed(&lie)) {
                    assert!(decoded.recommend(&[70, 1], 3).len() <= 3);
                }
            }
        }
        let appended = sealed(&[&body[..], b"x"].concat());
        assert_eq!(
            decode(&appended).unwrap_err(),
            CodecError::Invalid("there is something behind its end")
        );
    }
}
