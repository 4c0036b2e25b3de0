//! Quantities: a number and a unit in one string, such as `"0.025 /d"`.
//!
//! Every quantity is converted to one canonical unit per [`Dimension`]: hours, per day, per
//! completed division, micrometres, mmHg, per mm², and for drugs mg, L/h, L, ng/mL and others. A
//! number of the catalogue of drugs is kept in the unit that its key names ([`parse_in`]).

/// Declares the dimensions: each with its name and a number as an example.
macro_rules! dimensions {
    ($($(#[$meaning:meta])* $dimension:ident = $name:literal, $example:literal;)+) => {
        /// What a quantity measures.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Dimension {
            $($(#[$meaning])* $dimension),+
        }

        impl Dimension {
            /// All dimensions, in the order of the reference page.
            pub const ALL: &'static [Dimension] = &[$(Dimension::$dimension),+];

            /// Name with its article, as used in messages: "a time".
            pub fn name(self) -> &'static str {
                match self { $(Dimension::$dimension => $name),+ }
            }

            /// A number that goes with its usual unit.
            pub fn example(self) -> &'static str {
                match self { $(Dimension::$dimension => $example),+ }
            }
        }
    };
}

dimensions! {
    /// A time; canonical unit: hours.
    Time = "a time", "30";
    /// A rate; canonical unit: per day.
    Rate = "a rate", "0.025";
    /// A probability per completed division; canonical unit: per division.
    PerDivision = "a probability per division", "1e-6";
    /// A length; canonical unit: micrometres.
    Length = "a length", "20";
    /// A pressure; canonical unit: mmHg.
    Pressure = "a pressure", "5";
    /// A number per area; canonical unit: per mm².
    Density = "a density", "300";
    /// A mass of drug; canonical unit: mg.
    Mass = "a mass", "10";
    /// A body weight; canonical unit: kg.
    Weight = "a body weight", "70";
    /// A body surface; canonical unit: m².
    Surface = "a body surface", "1.8";
    /// A dose by body weight; canonical unit: mg/kg.
    DoseByWeight = "a dose by body weight", "10";
    /// A dose by body surface; canonical unit: mg/m².
    DoseBySurface = "a dose by body surface", "150";
    /// A radioactivity; canonical unit: GBq.
    Activity = "a radioactivity", "7.4";
    /// International units of activity; canonical unit: MU (a million).
    MegaUnits = "a number of international units", "5";
    /// Activity of a biological drug by mass; canonical unit: MU/mg.
    Potency = "a number of international units by mass", "260";
    /// A percentage; canonical unit: %.
    Percentage = "a percentage", "90";
    /// A volume by time; canonical unit: L/h.
    Clearance = "a clearance", "17.4";
    /// A volume; canonical unit: L.
    Volume = "a volume", "25";
    /// A mass by volume; canonical unit: ng/mL.
    Concentration = "a concentration", "20";
    /// A number of molecules by volume; canonical unit: nM.
    Molarity = "a molar concentration", "10";
    /// A mass by number of molecules; canonical unit: g/mol.
    MolarMass = "a molar mass", "958";
    /// An absorbed dose of radiation; canonical unit: Gy.
    AbsorbedDose = "an absorbed dose", "10";
    /// An absorbed dose by activity given; canonical unit: Gy/GBq.
    DoseByActivity = "an absorbed dose by activity", "3.4";
    /// Radiosensitivity; canonical unit: per Gy.
    PerGray = "a sensitivity per gray", "0.15";
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

/// Other spellings of units, and other units that people write: so many of the known unit each, as a fraction.
static SPELLINGS: &[(&[&str], &str, (f64, f64))] = &[
    (&["s"], "h", (1.0, 3600.0)),
    (&["min"], "h", (1.0, 60.0)),
    (&["hr", "hrs", "hour", "hours"], "h", (1.0, 1.0)),
    (&["day", "days"], "d", (1.0, 1.0)),
    (&["w", "wks", "week", "weeks"], "wk", (1.0, 1.0)),
    (&["month", "months"], "mo", (1.0, 1.0)),
    (&["yr", "yrs", "year", "years", "a"], "y", (1.0, 1.0)),
    (&["/div", "/generation", "per division"], "/division", (1.0, 1.0)),
    (&["cm"], "mm", (10.0, 1.0)),
    (&["nm"], "um", (1.0, 1e3)),
    (&["micron", "microns"], "um", (1.0, 1.0)),
    (&["kPa"], "mmHg", (7.500_616_827_041_697, 1.0)),
    (&["Pa"], "mmHg", (7.500_616_827_041_697, 1e3)),
    (&["/mm^2", "/mm²"], "/mm2", (1.0, 1.0)),
    (&["/cm2", "/cm²"], "/mm2", (1.0, 100.0)),
    (&["lb", "lbs", "pound", "pounds"], "kg", (0.453_592_37, 1.0)),
    (&["ng"], "ug", (1.0, 1e3)),
    (&["µg", "μg", "mcg"], "ug", (1.0, 1.0)),
    (&["m^2", "m²"], "m2", (1.0, 1.0)),
    (&["ug/kg", "µg/kg", "μg/kg", "mcg/kg"], "mg/kg", (1.0, 1e3)),
    (&["mg/m^2", "mg/m²"], "mg/m2", (1.0, 1.0)),
    (&["Bq"], "GBq", (1.0, 1e9)),
    (&["kBq"], "GBq", (1.0, 1e6)),
    (&["Ci"], "GBq", (37.0, 1.0)),
    (&["mCi"], "GBq", (37.0, 1e3)),
    (&["IU", "units"], "MU", (1.0, 1e6)),
    (&["MIU"], "MU", (1.0, 1.0)),
    (&["percent"], "%", (1.0, 1.0)),
    (&["l"], "L", (1.0, 1.0)),
    (&["ml"], "mL", (1.0, 1.0)),
    (&["dL"], "L", (1.0, 10.0)),
    (&["l/h", "L/hour"], "L/h", (1.0, 1.0)),
    (&["l/d", "L/day"], "L/d", (1.0, 1.0)),
    (&["mL/h"], "L/h", (1.0, 1e3)),
    (&["ml/min"], "mL/min", (1.0, 1.0)),
    (&["mg/mL"], "mg/L", (1e3, 1.0)),
    (&["ng/L", "pg/mL"], "ng/mL", (1.0, 1e3)),
    (&["ng/ml"], "ng/mL", (1.0, 1.0)),
    (&["µg/L", "μg/L"], "ug/L", (1.0, 1.0)),
    (&["µg/mL", "μg/mL"], "ug/mL", (1.0, 1.0)),
    (&["nmol/L", "nmol/l"], "nM", (1.0, 1.0)),
    (&["umol/L", "µmol/L", "μmol/L", "umol/l", "µmol/l", "μmol/l", "µM", "μM"], "uM", (1.0, 1.0)),
    (&["mM"], "uM", (1e3, 1.0)),
    (&["Da"], "g/mol", (1.0, 1.0)),
    (&["1/Gy", "Gy^-1"], "/Gy", (1.0, 1.0)),
];

/// Ways to write "per", before a unit of time or after it.
const PER: ([&str; 3], [&str; 3]) = (["/", "1/", "per "], ["^-1", "-1", "⁻¹"]);

/// What people write that has no meaning here, or two: what it measures, and what may be meant.
static FOREIGN: &[(&str, &str, Option<&str>)] = &[
    ("m", "a time or a length", Some("mo")),
    ("mg/d", "a dose rate", None),
    ("mg/day", "a dose rate", None),
    ("cells", "a count", None),
];

/// A unit as it was written: so many of a known one, as a fraction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    /// The known unit.
    pub unit: &'static Unit,
    per: (f64, f64),
}

impl Written {
    /// Reads a unit in any of its spellings; words may have capitals.
    pub fn of(symbol: &str) -> Option<Written> {
        Written::exactly(symbol)
            .or_else(|| Written::rate(symbol))
            .or_else(|| Written::spelt(&symbol.to_lowercase()))
    }

    /// The same, whatever letters are capitals.
    pub fn loosely(symbol: &str) -> Option<Written> {
        let same = |other: &&str| other.eq_ignore_ascii_case(symbol);
        let spellings = UNITS.iter().map(|u| u.symbol).chain(SPELLINGS.iter().flat_map(|s| s.0).copied());
        Written::of(symbol).or_else(|| spellings.filter(|s| same(s)).find_map(Written::exactly))
    }

    fn exactly(symbol: &str) -> Option<Written> {
        let unit = UNITS.iter().find(|u| u.symbol == symbol);
        unit.map(|unit| Written { unit, per: (1.0, 1.0) }).or_else(|| Written::spelt(symbol))
    }

    fn spelt(symbol: &str) -> Option<Written> {
        let (_, known, per) = SPELLINGS.iter().find(|(spellings, ..)| spellings.contains(&symbol))?;
        let unit = UNITS.iter().find(|u| u.symbol == *known)?;
        Some(Written { unit, per: *per })
    }

    /// A rate by any word for its time: `per day`, `1/mo`, `h^-1`.
    fn rate(symbol: &str) -> Option<Written> {
        let before = PER.0.iter().find_map(|per| symbol.strip_prefix(per));
        let time = before.or_else(|| PER.1.iter().find_map(|per| symbol.strip_suffix(per)))?;
        let Written { unit: time, per } = Written::exactly(time.trim())?;
        if time.dimension != Dimension::Time {
            return None;
        }
        let known = |unit: &&Unit| unit.symbol.strip_prefix('/') == Some(time.symbol);
        match UNITS.iter().find(known) {
            Some(unit) => Some(Written { unit, per: (per.1, per.0) }),
            None => {
                let unit = UNITS.iter().find(|u| u.symbol == "/d")?;
                Some(Written { unit, per: (24.0 * per.1, time.factor * per.0) })
            }
        }
    }

    /// A number in this unit in the canonical one of its dimension.
    pub fn canonical(self, value: f64) -> f64 {
        value * (self.unit.factor * self.per.0) / (self.unit.divisor * self.per.1)
    }
}

impl Dimension {
    /// Symbols of the units of this dimension.
    pub fn symbols(self) -> impl Iterator<Item = &'static str> {
        UNITS.iter().filter(move |u| u.dimension == self).map(|u| u.symbol)
    }

    /// Other spellings of them, and other units that are read.
    pub fn spellings(self) -> impl Iterator<Item = &'static str> {
        let of = move |known: &str| UNITS.iter().any(|u| u.symbol == known && u.dimension == self);
        SPELLINGS.iter().filter(move |s| of(s.1)).flat_map(|s| s.0).copied()
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
    /// A comma in the number.
    DecimalComma {
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
    finite(unit.canonical(value))
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
        Some(target) if target.symbol != unit.unit.symbol || unit.per != (1.0, 1.0) => {
            let (factor, divisor) = (unit.unit.factor * unit.per.0, unit.unit.divisor * unit.per.1);
            finite(value * (factor * target.divisor) / (divisor * target.factor))
        }
        _ => finite(value),
    }
}

/// The units of doses as a list for messages.
pub fn dose_units() -> String {
    DOSES.iter().map(|d| d.unit_list()).collect::<Vec<_>>().join(", ")
}

fn number_and_unit(text: &str, wanted: Dimension) -> Result<(f64, Written), QuantityError> {
    let text = text.trim();
    let split = number_length(text);
    let (number, symbol) = (&text[..split], text[split..].trim());
    if number.is_empty() {
        let word = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        let not_finite = word.starts_with("inf") || word.starts_with("nan");
        return Err(if not_finite { QuantityError::NotFinite } else { QuantityError::NoNumber });
    }
    let value: f64 = number.parse().map_err(|_| QuantityError::NoNumber)?;
    if let Some(number) = decimal_comma(text, split) {
        return Err(QuantityError::DecimalComma { number: number.to_owned() });
    }
    let Some(unit) = Written::of(symbol) else {
        return Err(foreign(number, symbol, wanted));
    };
    if unit.unit.dimension != wanted {
        let measures = unit.unit.dimension.name();
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

/// The number with a decimal comma that a text begins with; the part before the comma has `whole` bytes.
pub(crate) fn decimal_comma(text: &str, whole: usize) -> Option<&str> {
    let rest = text.get(whole..)?.strip_prefix(',')?;
    let digits = number_length(rest);
    let unsigned = rest.starts_with(|c: char| c.is_ascii_digit());
    (unsigned && digits > 0 && !rest[digits..].starts_with(',')).then(|| &text[..whole + 1 + digits])
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
        let metres = QuantityError::UnknownUnit { unit: "m".into(), instead: Some("mo") };
        assert_eq!(time("10 m"), metres);
        let fortnights = QuantityError::UnknownUnit { unit: "fortnights".into(), instead: None };
        assert_eq!(time("10 fortnights"), fortnights);
        assert_eq!(time("1,092 d"), QuantityError::DecimalComma { number: "1,092".into() });
        let comma = QuantityError::DecimalComma { number: "0,050".into() };
        assert_eq!(parse_quantity("0,050 /d", Dimension::Rate).unwrap_err(), comma);
        let rate = QuantityError::WrongDimension { unit: "/d".into(), measures: "a rate" };
        assert_eq!(time("10 /d"), rate);
        let spaced = QuantityError::UnknownUnit { unit: "/ mm2".into(), instead: Some("/mm2") };
        assert_eq!(parse_quantity("1 / mm2", Dimension::Density).unwrap_err(), spaced);
    }

    // Each factor once more, from its definition, so that no unit is read thirty times wrong.
    #[test]
    fn other_spellings_are_so_many_of_the_known_unit() {
        let read = |text, dimension| parse_quantity(text, dimension).unwrap();
        for (text, hours) in [
            ("24 months", 24.0 * 730.5),
            ("2 Years", 2.0 * 8766.0),
            ("28 days", 672.0),
            ("1 week", 168.0),
            ("90 min", 1.5),
        ] {
            assert_eq!(read(text, Dimension::Time), hours, "{text}");
        }
        for (text, by_day) in [
            ("1 per day", 1.0),
            ("1 /day", 1.0),
            ("1 1/d", 1.0),
            ("1 d^-1", 1.0),
            ("1 / d", 1.0),
            ("1 per hour", 24.0),
            ("0.135 /mo", 0.135 / 30.4375),
            ("0.135 per month", 0.135 / 30.4375),
            ("1 per week", 1.0 / 7.0),
            ("365.25 per year", 1.0),
            ("2 /min", 2880.0),
        ] {
            let found = read(text, Dimension::Rate);
            assert!((found / by_day - 1.0).abs() < 1e-15, "{text}: {found}");
        }
        assert_eq!(read("200 mCi", Dimension::Activity), 7.4);
        assert_eq!(read("1 cm", Dimension::Length), 1e4);
        assert_eq!(read("5 nmol/L", Dimension::Molarity), 5.0);
        assert_eq!(read("1 mg/mL", Dimension::Concentration), 1e6);
        assert!((read("1 kPa", Dimension::Pressure) - 7.500_616_8).abs() < 1e-6);
        assert_eq!(parse_in("720 mL/h", Dimension::Clearance, "L/h"), Ok(0.72));
        assert_eq!(parse_in("2 weeks", Dimension::Time, "d"), Ok(14.0));
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
    fn no_spelling_stands_for_two_units() {
        let all = SPELLINGS.iter().flat_map(|(symbols, known, _)| symbols.iter().map(move |s| (s, known)));
        for (symbol, known) in all.clone() {
            assert!(UNITS.iter().all(|u| u.symbol != *symbol), "{symbol}");
            assert!(UNITS.iter().any(|u| u.symbol == *known), "{known}");
            assert_eq!(all.clone().filter(|s| s.0 == symbol).count(), 1, "{symbol}");
            assert!(FOREIGN.iter().all(|f| f.0 != *symbol), "{symbol}");
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
