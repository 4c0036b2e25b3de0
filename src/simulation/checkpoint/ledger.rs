//! The ledger of a lesion.

use std::io::{self, Write};

use crate::simulation::care::LedgerRecord;
use crate::tissue::ledger::{Offspring, RareCells};

use super::CheckpointError;
use super::codec::{Decoder, Encoder};

/// Writes what is remembered of a ledger.
pub fn encode<W: Write>(out: &mut Encoder<W>, record: &LedgerRecord) -> io::Result<()> {
    out.u32(record.ledger.states.len() as u32)?;
    for (row, state) in &record.ledger.states {
        out.u32(*row as u32)?;
        out.u64(state.cells)?;
        state.since.terms.iter().try_for_each(|term| out.u64(term.to_bits()))?;
    }
    out.u32(record.ledger.due.len() as u32)?;
    for (row, mean) in &record.ledger.due {
        out.u32(*row as u32)?;
        out.u64(mean.to_bits())?;
    }
    out.u32(record.classes.len() as u32)?;
    record.classes.iter().try_for_each(|share| out.u64(share.to_bits()))?;
    out.u64(record.per_agent.to_bits())?;
    out.u64(record.all_per_agent.to_bits())?;
    out.u8(u8::from(record.census.is_some()))?;
    record.census.as_ref().map_or(Ok(()), |(cells, live_by_row)| {
        out.u64(*cells)?;
        out.u32(live_by_row.len() as u32)?;
        out.u32s(live_by_row)
    })
}

/// Reads it.
///
/// # Errors
///
/// [`CheckpointError::Malformed`] for what no ledger holds.
pub fn decode(input: &mut Decoder<'_>) -> Result<LedgerRecord, CheckpointError> {
    let mut record = LedgerRecord::default();
    for _ in 0..input.count(44)? {
        let (row, cells) = (input.u32()? as usize, input.u64()?);
        let mut terms = [0.0; 4];
        for term in &mut terms {
            *term = number(input, f64::NEG_INFINITY)?;
        }
        record.ledger.states.insert(row, RareCells { cells, since: Offspring { terms } });
    }
    for _ in 0..input.count(12)? {
        let row = input.u32()? as usize;
        record.ledger.due.insert(row, number(input, 0.0)?);
    }
    let classes = input.count(8)?;
    if classes != record.classes.len() {
        return Err(CheckpointError::Malformed("its ledger has other classes of perfusion"));
    }
    for share in &mut record.classes {
        *share = number(input, 0.0)?;
    }
    record.per_agent = number(input, 0.0)?;
    record.all_per_agent = number(input, 0.0)?;
    if input.flag()? {
        record.census = Some((input.u64()?, input.counted_u32s()?));
    }
    Ok(record)
}

fn number(input: &mut Decoder<'_>, least: f64) -> Result<f64, CheckpointError> {
    let number = f64::from_bits(input.u64()?);
    let can_be = number.is_finite() && number >= least;
    can_be.then_some(number).ok_or(CheckpointError::Malformed("its ledger holds what is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::ledger::BirthDeath;

    #[test]
    fn a_ledger_survives_a_checkpoint() {
        let mut record = LedgerRecord { per_agent: 8e5, all_per_agent: 8.1e5, ..LedgerRecord::default() };
        record.ledger.add(3, 1 << 40);
        record.ledger.add(7, 5);
        record.ledger.pass(7, BirthDeath { birth: 0.03, death: 0.02 }, 0.1);
        record.ledger.expect(9, 0.25);
        record.classes[2] = 0.2;
        for census in [None, Some((70, vec![1, 2, 3]))] {
            let record = LedgerRecord { census, ..record.clone() };
            let mut out = Encoder::new(Vec::new());
            encode(&mut out, &record).unwrap();
            let (_, _, payload) = out.finish();
            assert_eq!(decode(&mut Decoder::new(&payload)).unwrap(), record);
            assert!(decode(&mut Decoder::new(&payload[..payload.len() - 3])).is_err());
        }
    }
}
