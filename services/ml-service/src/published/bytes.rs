//! Numbers in as few bytes as they need.

use super::CodecError;

/// Appends a number, seven bits a byte, low ones first.
pub(super) fn write_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Appends ascending numbers: how many, and the difference of each to the one before.
pub(super) fn write_ascending(out: &mut Vec<u8>, numbers: impl ExactSizeIterator<Item = u32>) {
    write_number(out, u32::try_from(numbers.len()).unwrap_or(u32::MAX));
    let mut before = 0;
    for number in numbers {
        write_number(out, number - before);
        before = number;
    }
}

/// Reads what was written, and never beyond it.
#[derive(Debug)]
pub(super) struct Reader<'bytes>(pub(super) &'bytes [u8]);

impl<'bytes> Reader<'bytes> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'bytes [u8], CodecError> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(CodecError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], CodecError> {
        self.take(COUNT)?
            .try_into()
            .map_err(|_| CodecError::Truncated)
    }

    pub(super) fn float(&mut self) -> Result<f32, CodecError> {
        let float = f32::from_le_bytes(self.array()?);
        if float.is_finite() {
            Ok(float)
        } else {
            Err(CodecError::Invalid("a number is not finite"))
        }
    }

    pub(super) fn number(&mut self) -> Result<u32, CodecError> {
        let mut number = 0_u32;
        for shift in (0..32).step_by(7) {
            let [byte] = self.array()?;
            let bits = u32::from(byte & 0x7f);
            if bits.leading_zeros() < shift {
                return Err(CodecError::Invalid("a number is too large"));
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(CodecError::Invalid("a number is too long"))
    }

    /// A count of things that take at least a byte each, so that a lie about it costs no memory.
    pub(super) fn count(&mut self) -> Result<usize, CodecError> {
        let count = self.number()? as usize;
        if count > self.0.len() {
            Err(CodecError::Truncated)
        } else {
            Ok(count)
        }
    }

    /// Distinct ascending numbers below `below`.
    pub(super) fn ascending(
        &mut self,
        below: u32,
        numbers: &mut Vec<u32>,
    ) -> Result<(), CodecError> {
        numbers.clear();
        let mut before = 0;
        for position in 0..self.count()? {
            let step = self.number()?;
            if step == 0 && position > 0 {
                return Err(CodecError::Invalid("an item is listed twice"));
            }
            let number: u32 = step
                .checked_add(before)
                .ok_or(CodecError::Invalid("an item is unknown"))?;
            if number >= below {
                return Err(CodecError::Invalid("an item is unknown"));
            }
            numbers.push(number);
            before = number;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, write_ascending, write_number};

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 300, 16_383, 16_384, u32::MAX - 1, u32::MAX] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            let mut reader = Reader(&bytes);
            assert_eq!(reader.number().unwrap(), number);
            assert!(reader.0.is_empty());
        }
    }

    #[test]
    fn lists_come_back() {
        let mut bytes = Vec::new();
        write_ascending(&mut bytes, [0, 5, 6, 1000].into_iter());
        let mut numbers = vec![9];
        Reader(&bytes).ascending(1001, &mut numbers).unwrap();
        assert_eq!(numbers, [0, 5, 6, 1000]);
        assert!(Reader(&bytes).ascending(1000, &mut numbers).is_err());
    }

    #[test]
    fn nonsense_is_refused() {
        for bytes in [
            &[0xff_u8; 9][..],
            &[0xff, 0xff, 0xff, 0xff, 0x7f],
            &[0x80],
            &[],
        ] {
            assert!(Reader(bytes).number().is_err(), "{bytes:?}");
        }
        assert!(Reader(&[2, 1, 0]).ascending(9, &mut Vec::new()).is_err());
        assert!(Reader(&[200, 1, 0]).count().is_err());
        assert!(Reader(&f32::NAN.to_le_bytes()).float().is_err());
    }
}
