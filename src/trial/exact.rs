//! Numbers in JSON, bit for bit: what is not finite, which JSON has no number for, as a word.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number or a word.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ExactNumber {
    Number(f64),
    NumberWord(NumberWord),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NumberWord {
    Infinity,
    MinusInfinity,
    NotANumber,
}

impl From<f64> for ExactNumber {
    fn from(value: f64) -> Self {
        match value {
            x if x.is_finite() => Self::Number(x),
            x if x.is_nan() => Self::NumberWord(NumberWord::NotANumber),
            x if x > 0.0 => Self::NumberWord(NumberWord::Infinity),
            _ => Self::NumberWord(NumberWord::MinusInfinity),
        }
    }
}

impl From<ExactNumber> for f64 {
    fn from(written: ExactNumber) -> Self {
        match written {
            ExactNumber::Number(x) => x,
            ExactNumber::NumberWord(NumberWord::Infinity) => Self::INFINITY,
            ExactNumber::NumberWord(NumberWord::MinusInfinity) => Self::NEG_INFINITY,
            ExactNumber::NumberWord(NumberWord::NotANumber) => Self::NAN,
        }
    }
}

/// Writes a number; for `serde(with)`.
pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    ExactNumber::from(*value).serialize(serializer)
}

/// Reads a number.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    ExactNumber::deserialize(deserializer).map(f64::from)
}

/// The same for a number that may be absent.
pub mod option {
    use super::{Deserialize, Deserializer, ExactNumber, Serialize, Serializer};

    /// Writes it.
    pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(ExactNumber::from).serialize(serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<ExactNumber>::deserialize(deserializer)?.map(f64::from))
    }
}

/// The same for numbers.
pub mod list {
    use super::{Deserialize, Deserializer, ExactNumber, Serializer};

    /// Writes them.
    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|x| ExactNumber::from(*x)))
    }

    /// Reads them.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Ok(Vec::<ExactNumber>::deserialize(deserializer)?.into_iter().map(f64::from).collect())
    }
}

/// The same for numbers that may be absent.
pub mod options {
    use super::{Deserialize, Deserializer, ExactNumber, Serializer};

    /// Writes them.
    pub fn serialize<S: Serializer>(values: &[Option<f64>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|x| x.map(ExactNumber::from)))
    }

    /// Reads them.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<f64>>, D::Error> {
        let all = Vec::<Option<ExactNumber>>::deserialize(deserializer)?;
        Ok(all.into_iter().map(|x| x.map(f64::from)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct All {
        #[serde(with = "super")]
        one: f64,
        #[serde(with = "super::option")]
        maybe: Option<f64>,
        #[serde(with = "super::list")]
        list: Vec<f64>,
        #[serde(with = "super::options")]
        options: Vec<Option<f64>>,
    }

    // JSON writes `null` for them, which reads back as an absent number, or not at all.
    #[test]
    fn numbers_that_are_not_finite_read_back() {
        let odd = [0.1 + 0.2, -0.0, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        for x in odd {
            let all = All { one: x, maybe: Some(x), list: odd.to_vec(), options: vec![Some(x), None] };
            let text = serde_json::to_string(&all).unwrap();
            let again: All = serde_json::from_str(&text).unwrap();
            let bits = |a: &All| {
                let list: Vec<u64> = a.list.iter().map(|x| x.to_bits()).collect();
                let options: Vec<Option<u64>> = a.options.iter().map(|x| x.map(f64::to_bits)).collect();
                (a.one.to_bits(), a.maybe.map(f64::to_bits), list, options)
            };
            assert_eq!(bits(&again), bits(&all), "{text}");
        }
    }
}
