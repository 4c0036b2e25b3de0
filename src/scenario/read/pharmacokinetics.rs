//! `[catalogue.drug.pk]` and its parts.

use super::parts::{all, at_section, clash};
use crate::catalogue::{
    Absorption, Allometry, Correlation, Exchange, Metabolite, Pk, Recirculation, Release, varying,
};
use crate::scenario::error::Diagnostic;
use crate::scenario::nearest::{list, nearest};
use crate::scenario::reader::{At, Reader};
use crate::scenario::units::number_text;
use crate::scenario::value::shown;

/// How far the shares of a depot may be from summing to 1: published shares are rounded.
const SUM_TOLERANCE: f64 = 1e-3;

/// Reads the model; what contradicts itself in it is reported.
pub(super) fn read(reader: &Reader<'_>) -> Option<Pk> {
    let matrix = reader.choice("matrix");
    let (clearance, volume) = (reader.sourced("clearance"), reader.sourced("volume"));
    let (bioavailability, occasion_cv) = (reader.sourced("bioavailability"), reader.sourced("occasion_cv"));
    let unbound = reader.sourced("unbound");
    let (hepatic_flow, infusion) = (reader.sourced("hepatic_flow"), reader.sourced("infusion"));
    let (residual_cv, residence) = (reader.sourced("residual_cv"), reader.sourced("residence"));
    let exchange = reader.table("exchange").map(|r| exchange(&r));
    let absorption = reader.table("absorption").map(|r| absorption(&r));
    let release = release(reader);
    let recirculation = reader.table("recirculation").map(|r| recirculation(&r));
    let metabolite = reader.table("metabolite").map(|r| metabolite(&r));
    let correlations = all(reader.tables("correlation").iter().map(correlation));
    let allometry = reader.table("allometry").map(|r| allometry(&r));
    structure(reader);
    let pk = Pk {
        matrix: matrix?.value.to_owned(),
        clearance: clearance?.value,
        volume: volume?.value,
        exchange: whole(exchange)?,
        absorption: whole(absorption)?,
        bioavailability: bioavailability?.value,
        occasion_cv: occasion_cv?.value,
        release: release?,
        hepatic_flow: hepatic_flow.map(|n| n.value),
        recirculation: whole(recirculation)?,
        metabolite: whole(metabolite)?,
        correlations: Vec::new(),
        allometry: whole(allometry)?,
        infusion_h: infusion.map(|n| n.value),
        residual_cv: residual_cv.map(|n| n.value),
        unbound: unbound?.value,
        residence_h: residence.map(|n| n.value),
    };
    let correlations = correlations?;
    known_parameters(reader, &pk, &correlations);
    let correlations = correlations.into_iter().map(|(c, _)| c).collect();
    Some(Pk { correlations, ..pk })
}

/// A part that is absent is fine, one that is wrong is not.
fn whole<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    part.map_or(Some(None), |read| read.map(Some))
}

/// Parts that exclude or need each other.
fn structure(reader: &Reader<'_>) {
    let (absorbed, depot) = (reader.has("absorption"), reader.has("release"));
    let clash = |one, other, why| clash(reader, one, other, &format!("remove one: {why}"));
    clash("infusion", "absorption", "a dose is either infused or absorbed");
    clash("infusion", "release", "a dose is either infused or in a depot");
    clash("hepatic_flow", "release", "the first pass through the liver is that of a swallowed dose");
    clash("recirculation", "hepatic_flow", "what comes back would pass the liver again");
    for part in ["hepatic_flow", "recirculation"] {
        if reader.has(part) && !absorbed && !depot {
            at_section(
                reader,
                &format!("`{part}` without an absorption"),
                "expected [catalogue.drug.pk.absorption]",
            )
            .and_help(&format!("add the absorption, or remove `{part}`"));
        }
    }
}

fn exchange(reader: &Reader<'_>) -> Option<Exchange> {
    let (clearance, volume) = (reader.sourced("clearance"), reader.sourced("volume"));
    Some(Exchange { clearance: clearance?.value, volume: volume?.value })
}

fn absorption(reader: &Reader<'_>) -> Option<Absorption> {
    let (rate, transit) = (reader.sourced("rate"), reader.small("transit"));
    let transit_time = reader.sourced("transit_time");
    let transit = transit?.value;
    if (transit > 0) != reader.has("transit_time") {
        at_section(reader, "`transit` and `transit_time` do not fit", "expected both or none of them")
            .and_help("give the mean time through the transit compartments, or leave both out");
    }
    Some(Absorption { rate: rate?.value, transit, transit_time: transit_time.map(|n| n.value) })
}

fn recirculation(reader: &Reader<'_>) -> Option<Recirculation> {
    let (fraction, rate) = (reader.sourced("fraction"), reader.sourced("rate"));
    Some(Recirculation { fraction: fraction?.value, rate: rate?.value })
}

fn metabolite(reader: &Reader<'_>) -> Option<Metabolite> {
    let (name, fraction) = (reader.text("name"), reader.sourced("fraction"));
    let (clearance, volume) = (reader.sourced("clearance"), reader.sourced("volume"));
    let (unbound, molar_mass) = (reader.sourced("unbound"), reader.sourced("molar_mass"));
    let exchange = reader.table("exchange").map(|r| exchange(&r));
    Some(Metabolite {
        name: name?.value,
        fraction: fraction?.value,
        clearance: clearance?.value,
        volume: volume?.value,
        exchange: whole(exchange)?,
        unbound: unbound?.value,
        molar_mass: molar_mass?.value,
    })
}

fn allometry(reader: &Reader<'_>) -> Option<Allometry> {
    let (reference, peripheral) = (reader.quantity("reference"), reader.flag("peripheral"));
    let (clearance, volume) = (reader.sourced("clearance"), reader.sourced("volume"));
    let reference = reference?;
    if reference.value == 0.0 {
        reader.cx.report(
            Diagnostic::error(reference.span, "`reference` is 0")
                .label("expected a body weight above 0")
                .help("write for example \"70 kg\""),
        );
        return None;
    }
    Some(Allometry {
        reference_kg: reference.value,
        clearance: clearance?.value,
        volume: volume?.value,
        peripheral: peripheral?.value,
    })
}

fn release(reader: &Reader<'_>) -> Option<Vec<Release>> {
    let readers = reader.tables("release");
    let mut shares: Vec<Option<Release>> = Vec::new();
    let mut before = 0.0;
    for reader in &readers {
        let (fraction, transit) = (reader.sourced("fraction"), reader.small("transit"));
        let mean_time = reader.sourced("mean_time");
        let (Some(fraction), Some(transit), Some(mean_time)) = (fraction, transit, mean_time) else {
            shares.push(None);
            continue;
        };
        in_order(reader, transit.value, &mean_time.clone().map(|n| n.value), before);
        before = mean_time.value.value;
        let (fraction, mean_time) = (fraction.value, mean_time.value);
        shares.push(Some(Release { fraction, transit: transit.value, mean_time }));
    }
    let shares: Vec<Release> = shares.into_iter().collect::<Option<_>>()?;
    let sum: f64 = shares.iter().map(|r| r.fraction.value).sum();
    if let Some(first) = readers.first()
        && (sum - 1.0).abs() > SUM_TOLERANCE
    {
        let found = format!("the shares of the depot sum to {}", number_text((sum * 1e6).round() / 1e6));
        at_section(first, &found, "expected a sum of 1")
            .and_help("correct the fractions, or divide each by their sum");
    }
    Some(shares)
}

fn in_order(reader: &Reader<'_>, transit: u32, mean_time: &At<f64>, before: f64) {
    let time = mean_time.value;
    let wrong = if transit == 0 && time != 0.0 {
        Some(("a burst with a mean time", "expected 0 h, since `transit = 0` is a burst"))
    } else if transit > 0 && time == 0.0 {
        Some(("a share that is released at once", "expected a time above 0, or `transit = 0`"))
    } else if transit > 0 && time <= before {
        Some(("a share that comes before the one above it", "expected a later mean time"))
    } else {
        None
    };
    if let Some((found, label)) = wrong {
        reader.cx.report(
            Diagnostic::error(mean_time.span.clone(), found)
                .label(label)
                .help("list the shares in the order of time, a burst first"),
        );
    }
}

/// A correlation with the places of its two names.
type Placed = (Correlation, [At<String>; 2]);

fn correlation(reader: &Reader<'_>) -> Option<Placed> {
    let (first, second, value) = (reader.text("first"), reader.text("second"), reader.number("value"));
    let (first, second) = (first?, second?);
    let correlation =
        Correlation { first: first.value.clone(), second: second.value.clone(), value: value?.value };
    Some((correlation, [first, second]))
}

/// The two names of a correlation are parameters of the drug that vary between patients.
fn known_parameters(reader: &Reader<'_>, pk: &Pk, correlations: &[Placed]) {
    let vary: Vec<String> = varying(pk);
    for (correlation, names) in correlations {
        for name in names.iter().filter(|n| !vary.contains(&n.value)) {
            let known = || vary.iter().map(String::as_str);
            let help = match nearest(&name.value, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("these vary: {}; give a number a `cv`", list(known())),
            };
            reader.cx.report(
                Diagnostic::error(name.span.clone(), format!("{} does not vary", shown(&name.value)))
                    .label("expected a parameter with a `cv` above 0")
                    .help(help),
            );
        }
        if correlation.first == correlation.second {
            reader.cx.report(
                Diagnostic::error(names[1].span.clone(), "a correlation of a parameter with itself")
                    .label("expected another parameter")
                    .help("correct one of the two names"),
            );
        }
    }
}
