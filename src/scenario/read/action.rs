//! What a drug of the catalogue acts on: nodes, vessels, cells.

use super::parts::{all, at_section};
use crate::catalogue::{Analyte, CellKill, Drug, KillKind, Node, Number, Shift, Target, Vascular};
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Locus;
use crate::scenario::reader::Reader;
use crate::scenario::selector;

/// `[[catalogue.drug.target]]`.
pub(super) fn targets(reader: &Reader<'_>, loci: &[Locus]) -> Option<Vec<Target>> {
    let readers = reader.tables("target");
    let mut read: Vec<Option<Target>> = Vec::new();
    for reader in &readers {
        let target = target(reader, loci);
        let same = |t: &&Target| target.as_ref().is_some_and(|n| (n.node, n.analyte) == (t.node, t.analyte));
        if read.iter().flatten().any(|t| same(&t)) {
            at_section(reader, "a second target at the same node", "expected one target for each node")
                .and_help("merge the two, or correct the `node`");
        }
        read.push(target);
    }
    read.into_iter().collect()
}

fn target(reader: &Reader<'_>, loci: &[Locus]) -> Option<Target> {
    let (node, analyte) = (reader.choice("node"), reader.choice("analyte"));
    let (ec50, hill, maximum) = (reader.sourced("ec50"), reader.sourced("hill"), reader.sourced("maximum"));
    let shifts = shifts(reader, loci);
    Some(Target {
        node: Node::of(node?.value)?,
        analyte: Analyte::of(analyte?.value)?,
        ec50: ec50?.value,
        hill: hill?.value,
        maximum: maximum?.value,
        shifts: shifts?,
    })
}

fn shifts(reader: &Reader<'_>, loci: &[Locus]) -> Option<Vec<Shift>> {
    all(reader.tables("shift").iter().map(|r| shift(r, loci)))
}

fn shift(reader: &Reader<'_>, loci: &[Locus]) -> Option<Shift> {
    let states = reader.selector("states");
    let context = reader.choice("tsc_context");
    let (ec50, maximum) = (reader.sourced("ec50"), reader.sourced("maximum"));
    if !reader.has("ec50") && !reader.has("maximum") {
        at_section(reader, "a shift that changes nothing", "expected `ec50` or `maximum`")
            .and_help("add the factor that the states change, or remove the shift");
    }
    let states = states?;
    selector::read(reader.cx, loci, &states)?;
    Some(Shift {
        states: states.value,
        tsc_context: context.map(|c| c.value.to_owned()),
        ec50: ec50?.value,
        maximum: maximum?.value,
    })
}

/// `[catalogue.drug.vascular]`.
pub(super) fn vascular(reader: &Reader<'_>) -> Option<Vascular> {
    let analyte = reader.choice("analyte");
    let (ec50, hill, maximum) = (reader.sourced("ec50"), reader.sourced("hill"), reader.sourced("maximum"));
    let (trap, formation) = (reader.sourced("trap"), reader.sourced("formation"));
    let (flow, pruning) = (reader.sourced("flow"), reader.sourced("pruning"));
    Some(Vascular {
        analyte: Analyte::of(analyte?.value)?,
        ec50: ec50?.value,
        hill: hill?.value,
        maximum: maximum?.value,
        trap: trap?.value,
        formation: formation?.value,
        flow: flow?.value,
        pruning: pruning?.value,
    })
}

/// `[[catalogue.drug.kill]]`.
pub(super) fn kills(reader: &Reader<'_>, loci: &[Locus]) -> Option<Vec<CellKill>> {
    all(reader.tables("kill").iter().map(|r| kill(r, loci)))
}

fn kill(reader: &Reader<'_>, loci: &[Locus]) -> Option<CellKill> {
    let kind = reader.choice("kind");
    let node = reader.choice("node");
    let (ec50, mgmt) = (reader.sourced("ec50"), reader.sourced("mgmt"));
    let shifts = shifts(reader, loci);
    let kind = kind?;
    reader.check_only("kind", &kind);
    let kind = KillKind::of(kind.value)?;
    let strength = match kind {
        KillKind::Death => reader.sourced("rate"),
        KillKind::Radiation => reader.sourced("dose"),
        KillKind::AtDivision | KillKind::Removal | KillKind::Ablation => reader.sourced("probability"),
    };
    let radiation = if kind == KillKind::Radiation { radiation(reader) } else { Some(Default::default()) };
    let fall = reader.sourced("fall_per_cycle");
    one_scale(reader, kind);
    if reader.has("mgmt") && !reader.has("ec50") {
        at_section(reader, "`mgmt` of a kill without `ec50`", "expected `ec50`, which it changes")
            .and_help("add the concentration of half the effect, or leave `mgmt` out");
    }
    let [alpha, alpha_beta, repair_h, half_life_h] = radiation?;
    Some(CellKill {
        kind,
        node: node.and_then(|n| Node::of(n.value)),
        strength: strength?.value,
        ec50: ec50.map(|n| n.value),
        mgmt: mgmt.map(|n| n.value),
        alpha,
        alpha_beta,
        repair_h,
        half_life_h,
        fall_per_cycle: fall.map(|n| n.value),
        shifts: shifts?,
    })
}

fn radiation(reader: &Reader<'_>) -> Option<[Option<Number>; 4]> {
    let (alpha, alpha_beta) = (reader.sourced("alpha"), reader.sourced("alpha_beta"));
    let (repair, half_life) = (reader.sourced("repair"), reader.sourced("half_life"));
    Some([alpha?, alpha_beta?, repair?, half_life?].map(|n| Some(n.value)))
}

/// A kill by a drug follows its node or its concentration; one by dose or procedure follows neither, but radiation may
/// need receptors.
fn one_scale(reader: &Reader<'_>, kind: KillKind) {
    let given: Vec<&str> = ["node", "ec50"].into_iter().filter(|k| reader.has(k)).collect();
    let by_drug = matches!(kind, KillKind::Death | KillKind::AtDivision);
    match (given.as_slice(), by_drug) {
        ([], true) => at_section(reader, "a kill that follows nothing", "expected `node` or `ec50`")
            .and_help("add the node of the drug that kills, or the concentration of half the effect"),
        ([_, second], true) => {
            let Some((span, _)) = reader.given(second) else { return };
            reader.cx.report(
                Diagnostic::error(span, "`ec50` together with `node`")
                    .label("expected only one of them")
                    .help("remove one: a kill follows either its node or its concentration"),
            );
        }
        // Uptake by receptors: a radionuclide on a somatostatin analogue.
        (["node"], false) if kind == KillKind::Radiation => uptake(reader),
        ([first, ..], false) => {
            let Some((span, _)) = reader.given(first) else { return };
            reader.cx.report(
                Diagnostic::error(span, format!("`{first}` does not go with kind = {:?}", kind.word()))
                    .label("expected no such key: the dose itself sets the effect")
                    .help(format!("remove `{first}`")),
            );
        }
        _ => {}
    }
}

/// A radionuclide may be taken up by somatostatin receptors, and by nothing else of the network.
fn uptake(reader: &Reader<'_>) {
    let Some((span, value)) = reader.given("node") else { return };
    if value.get_ref().as_str() != Some(Node::Sstr.word()) {
        reader.cx.report(
            Diagnostic::error(span, "a radionuclide that is taken up by no receptor")
                .label("expected `sstr`, or no such key: the dose itself sets the effect")
                .help("remove `node`, or write `node = \"sstr\"` for uptake by somatostatin receptors"),
        );
    }
}

/// What follows a metabolite needs one; a kill that follows a node needs a target there; vessels need a concentration.
pub(super) fn judge_analytes(reader: &Reader<'_>, drug: &Drug, metabolite: bool) {
    let of_target = drug.targets.iter().map(|t| t.analyte);
    let mut analytes = of_target.chain(drug.vascular.iter().map(|v| v.analyte));
    if !metabolite && analytes.any(|a| a != Analyte::Parent) {
        at_section(
            reader,
            "an `analyte` of a drug without a metabolite",
            "expected [catalogue.drug.pk.metabolite]",
        )
        .and_help("add the metabolite, or write `analyte = \"parent\"`");
    }
    let by_effect = drug.kills.iter().filter(|k| k.kind != KillKind::Radiation);
    for node in by_effect.filter_map(|k| k.node) {
        if drug.targets.iter().all(|t| t.node != node) {
            let found = format!("a kill at `{}`, where the drug has no target", node.word());
            at_section(reader, &found, "expected a [[catalogue.drug.target]] with that node")
                .and_help("add the target, or let the kill follow a concentration: `ec50`");
        }
    }
    let follows = drug.vascular.is_some() || drug.kills.iter().any(|k| k.ec50.is_some());
    if follows && drug.pk.is_none() {
        at_section(reader, "an effect of a concentration that is not known", "expected [catalogue.drug.pk]")
            .and_help("add the pharmacokinetics; a bath has a concentration for nodes only");
    }
}
