//! Quantities: a number and a unit in one string, such as `"0.025 /d"`.
//!
//! Every quantity is converted to one canonical unit per [`Dimension`]: hours, per day, per
//! completed division, micrometres, mmHg, per mm², and for drugs mg, L/h, L, ng/mL and others. A
//! number of the catalogue of drugs is kept in the unit that its key names ([`parse_in`]).

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// A time; canonical unit: hours.
    Time,
    /// A rate; canonical unit: per day.
    Rate,
    /// A probability per completed division; canonical unit: per division.
    PerDivision,
    /// A length; canonical unit: micrometres.
    Length,
    /// A pressure; canonical unit: mmHg.
    Pressure,
    /// A number per area; canonical unit: per mm².
    Density,
    /// A mass of drug; canonical unit: mg.
    Mass,
    /// A body weight; canonical unit: kg.
    Weight,
    /// A body surface; canonical unit: m².
    Surface,
    /// A dose by body weight; canonical unit: mg/kg.
    DoseByWeight,
    /// A dose by body surface; canonical unit: mg/m².
    DoseBySurface,
    /// A radioactivity; canonical unit: GBq.
    Activity,
    /// International units of activity; canonical unit: MU (a million).
    MegaUnits,
    /// Activity of a biological drug by mass; canonical unit: MU/mg.
    Potency,
    /// A percentage; canonical unit: %.
    Percentage,
    /// A volume by time; canonical unit: L/h.
    Clearance,
    /// A volume; canonical unit: L.
    Volume,
    /// A mass by volume; canonical unit: ng/mL.
    Concentration,
    /// A number of molecules by volume; canonical unit: nM.
    Molarity,
    /// A mass by number of molecules; canonical unit: g/mol.
    MolarMass,
    /// An absorbed dose of radiation; canonical unit: Gy.
    AbsorbedDose,
    /// An absorbed dose by activity given; canonical unit: Gy/GBq.
    DoseByActivity,
    /// Radiosensitivity; canonical unit: per Gy.
    PerGray,
}

/// A unit that scenarios may use.
#[derive(Debug)]
pub struct Unit {
    /// As written in a scenario.
    pub symbol: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// Multiplies a number in this unit into the canonical one.
    factor: f64,
    /// Divides it (kept apart from `factor`, so that both stay exact numbers).
    divisor: f64,
    /// In words.
    pub meaning: &'static str,
}

impl Unit {
    /// A number in this unit in the canonical one of its dimension.
    pub(crate) fn canonical(&self, value: f64) -> f64 {
        value * self.factor / self.divisor
    }
}

const fn unit(symbol: &'static str, dimension: Dimension, factor: f64, meaning: &'static str) -> Unit {
    Unit { symbol, dimension, factor, divisor: 1.0, meaning }
}

/// A unit that is a part of the dimension's: `factor / divisor`, so that no factor need be rounded.
const fn part(
    symbol: &'static str,
    dimension: Dimension,
    (factor, divisor): (f64, f64),
    meaning: &'static str,
) -> Unit {
    Unit { symbol, dimension, factor, divisor, meaning }
}

/// All units, by dimension; the first of each dimension is the canonical or commonest one.
pub static UNITS: &[Unit] = &[
    unit("d", Dimension::Time, 24.0, "day, 24 h"),
    unit("h", Dimension::Time, 1.0, "hour"),
    unit("wk", Dimension::Time, 168.0, "week, 7 d"),
    unit("mo", Dimension::Time, 730.5, "mean month, 30.4375 d"),
    unit("y", Dimension::Time, 8766.0, "mean year, 365.25 d"),
    unit("/d", Dimension::Rate, 1.0, "per day"),
    unit("/h", Dimension::Rate, 24.0, "per hour"),
    part("/wk", Dimension::Rate, (1.0, 7.0), "per week"),
    part("/y", Dimension::Rate, (4.0, 1461.0), "per mean year, 365.25 d"),
    unit("/division", Dimension::PerDivision, 1.0, "per completed division"),
    unit("um", Dimension::Length, 1.0, "micrometre"),
    unit("µm", Dimension::Length, 1.0, "micrometre (micro sign)"),
    unit("μm", Dimension::Length, 1.0, "micrometre (Greek mu)"),
    unit("mm", Dimension::Length, 1000.0, "millimetre"),
    unit("mmHg", Dimension::Pressure, 1.0, "millimetre of mercury"),
    unit("/mm2", Dimension::Density, 1.0, "per square millimetre"),
    unit("mg", Dimension::Mass, 1.0, "milligram"),
    unit("g", Dimension::Mass, 1e3, "gram"),
    part("ug", Dimension::Mass, (1.0, 1e3), "microgram"),
    unit("kg", Dimension::Weight, 1.0, "kilogram"),
    unit("m2", Dimension::Surface, 1.0, "square metre of body surface"),
    unit("mg/kg", Dimension::DoseByWeight, 1.0, "milligram per kilogram of body weight"),
    unit("mg/m2", Dimension::DoseBySurface, 1.0, "milligram per square metre of body surface"),
    unit("GBq", Dimension::Activity, 1.0, "gigabecquerel"),
    part("MBq", Dimension::Activity, (1.0, 1e3), "megabecquerel"),
    unit("MU", Dimension::MegaUnits, 1.0, "million international units"),
    unit("MU/mg", Dimension::Potency, 1.0, "million international units per milligram"),
    unit("%", Dimension::Percentage, 1.0, "percent"),
    unit("L/h", Dimension::Clearance, 1.0, "litre per hour"),
    part("L/d", Dimension::Clearance, (1.0, 24.0), "litre per day"),
    part("mL/min", Dimension::Clearance, (60.0, 1e3), "millilitre per minute"),
    unit("L", Dimension::Volume, 1.0, "litre"),
    part("mL", Dimension::Volume, (1.0, 1e3), "millilitre"),
    unit("ng/mL", Dimension::Concentration, 1.0, "nanogram per millilitre"),
    unit("ug/L", Dimension::Concentration, 1.0, "microgram per litre, the same as ng/mL"),
    unit("ug/mL", Dimension::Concentration, 1e3, "microgram per millilitre"),
    unit("mg/L", Dimension::Concentration, 1e3, "milligram per litre"),
    part(
        "mg*h/L/d",
        Dimension::Concentration,
        (1e3, 24.0),
        "area under the curve of a day, as its daily average: 1000/24 ng/mL",
    ),
    unit("nM", Dimension::Molarity, 1.0, "nanomol per litre"),
    unit("uM", Dimension::Molarity, 1e3, "micromol per litre"),
    part("pM", Dimension::Molarity, (1.0, 1e3), "picomol per litre"),
    unit("g/mol", Dimension::MolarMass, 1.0, "gram per mol"),
    unit("kDa", Dimension::MolarMass, 1e3, "kilodalton, 1000 g/mol"),
    unit("Gy", Dimension::AbsorbedDose, 1.0, "gray"),
    unit("Gy/GBq", Dimension::DoseByActivity, 1.0, "gray per gigabecquerel given"),
    unit("/Gy", Dimension::PerGray, 1.0, "per gray"),
];

/// What a dose may be measured in.
pub const DOSES: [Dimension; 7] = [
    Dimension::Mass,
    Dimension::DoseByWeight,
    Dimension::DoseBySurface,
    Dimension::Activity,
    Dimension::MegaUnits,
    Dimension::Molarity,
    Dimension::Percentage,
];

/// Units that people write, with what they measure and what to write instead.
static FOREIGN: &[(&str, &str, Option<&str>)] = &[
    ("s", "a time", Some("h")),
    ("min", "a time", Some("h")),
    ("hr", "a time", Some("h")),
    ("hours", "a time", Some("h")),
    ("hour", "a time", Some("h")),
    ("day", "a time", Some("d")),
    ("days", "a time", Some("d")),
    ("w", "a time", Some("wk")),
    ("week", "a time", Some("wk")),
    ("weeks", "a time", Some("wk")),
    ("m", "a time or a length", Some("mo")),
    ("month", "a time", Some("mo")),
    ("months", "a time", Some("mo")),
    ("yr", "a time", Some("y")),
    ("year", "a time", Some("y")),
    ("years", "a time", Some("y")),
    ("a", "a time", Some("y")),
    ("/day", "a rate", Some("/d")),
    ("per day", "a rate", Some("/d")),
    ("/hour", "a rate", Some("/h")),
    ("/week", "a rate", Some("/wk")),
    ("/mo", "a rate", Some("/d")),
    ("/year", "a rate", Some("/y")),
    ("/div", "a probability per division", Some("/division")),
    ("/generation", "a probability per division", Some("/division")),
    ("per division", "a probability per division", Some("/division")),
    ("cm", "a length", Some("mm")),
    ("nm", "a length", Some("um")),
    ("kPa", "a pressure", Some("mmHg")),
    ("Pa", "a pressure", Some("mmHg")),
    ("/mm^2", "a density", Some("/mm2")),
    ("/mm²", "a density", Some("/mm2")),
    ("/cm2", "a density", Some("/mm2")),
    ("µg", "a mass", Some("ug")),
    ("μg", "a mass", Some("ug")),
    ("mcg", "a mass", Some("ug")),
    ("milligram", "a mass", Some("mg")),
    ("m^2", "a body surface", Some("m2")),
    ("m²", "a body surface", Some("m2")),
    ("mg/d", "a dose rate", None),
    ("mg/day", "a dose rate", None),
    ("mg/m^2", "a dose by body surface", Some("mg/m2")),
    ("mg/m²", "a dose by body surface", Some("mg/m2")),
    ("Bq", "a radioactivity", Some("GBq")),
    ("mCi", "a radioactivity", Some("GBq")),
    ("IU", "a number of international units", Some("MU")),
    ("MIU", "a number of international units", Some("MU")),
    ("percent", "a percentage", Some("%")),
    ("l", "a volume", Some("L")),
    ("dL", "a volume", Some("L")),
    ("l/h", "a clearance", Some("L/h")),
    ("L/hour", "a clearance", Some("L/h")),
    ("L/day", "a clearance", Some("L/d")),
    ("mL/h", "a clearance", Some("L/h")),
    ("mg/mL", "a concentration", Some("mg/L")),
    ("ng/L", "a concentration", Some("ng/mL")),
    ("pg/mL", "a concentration", Some("ng/mL")),
    ("µg/L", "a concentration", Some("ug/L")),
    ("µg/mL", "a concentration", Some("ug/mL")),
    ("nmol/L", "a molar concentration", Some("nM")),
    ("umol/L", "a molar concentration", Some("uM")),
    ("µM", "a molar concentration", Some("uM")),
    ("μM", "a molar concentration", Some("uM")),
    ("mM", "a molar concentration", Some("uM")),
    ("Da", "a molar mass", Some("g/mol")),
    ("1/Gy", "a sensitivity per gray", Some("/Gy")),
    ("Gy^-1", "a sensitivity per gray", Some("/Gy")),
    ("1/h", "a rate", Some("/h")),
    ("1/d", "a rate", Some("/d")),
    ("cells", "a count", None),
];

impl Dimension {
    /// All dimensions, in the order of the reference page.
    pub const ALL: [Dimension; 23] = [
        Dimension::Time,
        Dimension::Rate,
        Dimension::PerDivision,
        Dimension::Length,
        Dimension::Pressure,
        Dimension::Density,
        Dimension::Mass,
        Dimension::Weight,
        Dimension::Surface,
        Dimension::DoseByWeight,
        Dimension::DoseBySurface,
        Dimension::Activity,
        Dimension::MegaUnits,
        Dimension::Potency,
        Dimension::Percentage,
        Dimension::Clearance,
        Dimension::Volume,
        Dimension::Concentration,
        Dimension::Molarity,
        Dimension::MolarMass,
        Dimension::AbsorbedDose,
        Dimension::DoseByActivity,
        Dimension::PerGray,
    ];

    /// Name with its article, as used in messages: "a time".
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Time => "a time",
            Dimension::Rate => "a rate",
            Dimension::PerDivision => "a probability per division",
            Dimension::Length => "a length",
            Dimension::Pressure => "a pressure",
            Dimension::Density => "a density",
            Dimension::Mass => "a mass",
            Dimension::Weight => "a body weight",
            Dimension::Surface => "a body surface",
            Dimension::DoseByWeight => "a dose by body weight",
            Dimension::DoseBySurface => "a dose by body surface",
            Dimension::Activity => "a radioactivity",
            Dimension::MegaUnits => "a number of international units",
            Dimension::Potency => "a number of international units by mass",
            Dimension::Percentage => "a percentage",
            Dimension::Clearance => "a clearance",
            Dimension::Volume => "a volume",
            Dimension::Concentration => "a concentration",
            Dimension::Molarity => "a molar concentration",
            Dimension::MolarMass => "a molar mass",
            Dimension::AbsorbedDose => "an absorbed dose",
            Dimension::DoseByActivity => "an absorbed dose by activity",
            Dimension::PerGray => "a sensitivity per gray",
        }
    }

    /// Symbols of the units of this dimension.
    pub fn symbols(self) -> impl Iterator<Item = &'static str> {
        UNITS.iter().filter(move |u| u.dimension == self).map(|u| u.symbol)
    }

    /// The unit that an example or a correction uses.
    pub fn usual(self) -> &'static str {
        self.symbols().next().unwrap_or("")
    }

    /// The unit in which a scenario keeps it.
    pub fn canonical(self) -> &'static str {
        if self == Dimension::Time { "h" } else { self.usual() }
    }

    /// The units as a list for messages.
    pub fn unit_list(self) -> String {
        self.symbols()
            .filter(|s| !s.ends_with("µm") && !s.ends_with("μm"))
            .map(|s| format!("`{s}`"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Why a string is no quantity of the wanted dimension.
#[derive(Debug, Clone, PartialEq)]
pub enum QuantityError {
    /// No number at the beginning.
    NoNumber,
    /// A number and nothing else.
    NoUnit {
        /// The number as written.
        number: String,
    },
    /// Not finite, or too large for a 64-bit float.
    NotFinite,
    /// Below zero.
    Negative {
        /// The number as written, without its sign.
        magnitude: String,
    },
    /// A known unit of another dimension.
    WrongDimension {
        /// The unit as written.
        unit: String,
        /// What it measures.
        measures: &'static str,
    },
    /// A unit of the right dimension in another spelling, or one that the program does not know.
    UnknownUnit {
        /// The unit as written.
        unit: String,
        /// What to write instead, if that can be guessed.
        instead: Option<&'static str>,
    },
}

/// Reads a quantity of the wanted dimension; the result is in its canonical unit.
///
/// # Errors
///
/// Says what is wrong with the text; see [`QuantityError`].
pub fn parse_quantity(text: &str, wanted: Dimension) -> Result<f64, QuantityError> {
    let (value, unit) = number_and_unit(text, wanted)?;
    finite(value * unit.factor / unit.divisor)
}

/// Reads a quantity of the wanted dimension; the result is in `target`, a unit of that dimension.
///
/// A number that is written in that unit is not changed by a single bit.
///
/// # Errors
///
/// As for [`parse_quantity`].
pub fn parse_in(text: &str, wanted: Dimension, target: &str) -> Result<f64, QuantityError> {
    let (value, unit) = number_and_unit(text, wanted)?;
    match UNITS.iter().find(|u| u.symbol == target) {
        Some(target) if target.symbol != unit.symbol => {
            finite(value * (unit.factor * target.divisor) / (unit.divisor * target.factor))
        }
        _ => finite(value),
    }
}

/// The units of doses as a list for messages.
pub fn dose_units() -> String {
    DOSES.iter().map(|d| d.unit_list()).collect::<Vec<_>>().join(", ")
}

fn number_and_unit(text: &str, wanted: Dimension) -> Result<(f64, &'static Unit), QuantityError> {
    let text = text.trim();
    let split = number_length(text);
    let (number, symbol) = (&text[..split], text[split..].trim());
    if number.is_empty() {
        let word = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        let not_finite = word.starts_with("inf") || word.starts_with("nan");
        return Err(if not_finite { QuantityError::NotFinite } else { QuantityError::NoNumber });
    }
    let value: f64 = number.parse().map_err(|_| QuantityError::NoNumber)?;
    let Some(unit) = UNITS.iter().find(|u| u.symbol == symbol) else {
        return Err(foreign(number, symbol, wanted));
    };
    if unit.dimension != wanted {
        let measures = unit.dimension.name();
        return Err(QuantityError::WrongDimension { unit: symbol.to_owned(), measures });
    }
    if value < 0.0 {
        return Err(QuantityError::Negative { magnitude: text.trim_start_matches('-').to_owned() });
    }
    Ok((value, unit))
}

fn finite(value: f64) -> Result<f64, QuantityError> {
    if value.is_finite() { Ok(value + 0.0) } else { Err(QuantityError::NotFinite) }
}

/// Length in bytes of the decimal number that `text` begins with; 0 if there is none.
pub(crate) fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    let mut fraction = 0;
    if bytes.get(at) == Some(&b'.') {
        fraction = digits(at + 1);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits((at + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    at
}

fn foreign(number: &str, symbol: &str, wanted: Dimension) -> QuantityError {
    if symbol.is_empty() {
        return QuantityError::NoUnit { number: number.to_owned() };
    }
    let unit = symbol.to_owned();
    match FOREIGN.iter().find(|(s, _, _)| s.eq_ignore_ascii_case(symbol)) {
        Some((_, measures, _)) if !measures.contains(wanted.name()) => {
            QuantityError::WrongDimension { unit, measures }
        }
        Some((_, _, instead)) => QuantityError::UnknownUnit {
            unit,
            instead: instead.filter(|i| wanted.symbols().any(|s| s == *i)),
        },
        None => {
            let squeezed: String = symbol.split_whitespace().collect();
            let instead = wanted.symbols().find(|s| s.eq_ignore_ascii_case(&squeezed));
            QuantityError::UnknownUnit { unit, instead }
        }
    }
}

/// A number in the shortest form that reads back as the same 64-bit float, without a bare `.0`.
pub fn number_text(value: f64) -> String {
    let text = format!("{value:?}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A time in hours, in days where that is a short decimal number and in hours otherwise.
pub fn hours_text(hours: f64) -> String {
    let days = hours / 24.0;
    if days * 24.0 == hours && number_text(days).len() <= 9 && hours != 0.0 && days >= 0.5 {
        format!("{} d", number_text(days))
    } else if hours == 0.0 {
        "0 d".to_owned()
    } else {
        format!("{} h", number_text(hours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_reads() {
        for unit in UNITS {
            let text = format!("1.5e0 {}", unit.symbol);
            assert_eq!(parse_quantity(&text, unit.dimension), Ok(1.5 * unit.factor / unit.divisor));
        }
    }

    #[test]
    fn spacing_is_free_and_exponents_are_read() {
        assert_eq!(parse_quantity(" 12h ", Dimension::Time), Ok(12.0));
        assert_eq!(parse_quantity("1e-4 /division", Dimension::PerDivision), Ok(1e-4));
        assert_eq!(parse_quantity("1e3d", Dimension::Time), Ok(24e3));
        assert_eq!(parse_quantity(".5 d", Dimension::Time), Ok(12.0));
        assert_eq!(parse_quantity("-0 d", Dimension::Time).map(f64::to_bits), Ok(0));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let time = |text| parse_quantity(text, Dimension::Time).unwrap_err();
        assert_eq!(time("30"), QuantityError::NoUnit { number: "30".into() });
        assert_eq!(time("d"), QuantityError::NoNumber);
        assert_eq!(time(""), QuantityError::NoNumber);
        assert_eq!(time("inf d"), QuantityError::NotFinite);
        assert_eq!(time("-nan d"), QuantityError::NotFinite);
        assert_eq!(time("1e999 d"), QuantityError::NotFinite);
        assert_eq!(time("-3 d"), QuantityError::Negative { magnitude: "3 d".into() });
        let dose = QuantityError::WrongDimension { unit: "mg".into(), measures: "a mass" };
        assert_eq!(time("10 mg"), dose);
        let days = QuantityError::UnknownUnit { unit: "days".into(), instead: Some("d") };
        assert_eq!(time("10 days"), days);
        let rate = QuantityError::WrongDimension { unit: "/d".into(), measures: "a rate" };
        assert_eq!(time("10 /d"), rate);
        let spaced = QuantityError::UnknownUnit { unit: "/ d".into(), instead: Some("/d") };
        assert_eq!(parse_quantity("1 / d", Dimension::Rate).unwrap_err(), spaced);
    }

    #[test]
    fn units_of_drugs_are_converted_into_the_unit_of_the_key() {
        let read = |text, d, unit| parse_in(text, d, unit).unwrap();
        assert_eq!(read("17.4 L/h", Dimension::Clearance, "L/h"), 17.4);
        assert_eq!(read("12 L/d", Dimension::Clearance, "L/h"), 0.5);
        assert_eq!(read("500 mL/min", Dimension::Clearance, "L/h"), 30.0);
        assert_eq!(read("0.1 /d", Dimension::Rate, "/d"), 0.1);
        assert_eq!(read("0.647 /h", Dimension::Rate, "/h").to_bits(), 0.647_f64.to_bits());
        assert_eq!(read("24 /d", Dimension::Rate, "/h"), 1.0);
        assert_eq!(read("1 wk", Dimension::Time, "d"), 7.0);
        assert_eq!(read("149 kDa", Dimension::MolarMass, "g/mol"), 149e3);
        assert_eq!(read("1 mg*h/L/d", Dimension::Concentration, "ng/mL"), 1000.0 / 24.0);
        assert!(parse_in("1 L", Dimension::Clearance, "L/h").is_err());
    }

    #[test]
    fn no_unit_is_both_known_and_foreign() {
        for unit in UNITS {
            assert!(FOREIGN.iter().all(|(symbol, _, _)| *symbol != unit.symbol), "{}", unit.symbol);
        }
    }

    #[test]
    fn times_are_written_in_days_where_short() {
        assert_eq!(hours_text(24.0), "1 d");
        assert_eq!(hours_text(12.0), "0.5 d");
        assert_eq!(hours_text(8.0), "8 h");
        assert_eq!(hours_text(0.0), "0 d");
    }
}
