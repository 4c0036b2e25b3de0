//! Colours by measure: how far apart they are for whom, in CAM16-UCS.

use ::palette::cam16::{Cam16, Cam16Jmh, Cam16UcsJab, Cam16UcsJmh, Parameters};
use ::palette::{FromColor, LinSrgb, Srgb, Xyz};

use super::*;

/// Least distance of two colours that are shown together: about ten times what is just seen when they touch.
const APART: f32 = 12.0;

/// How somebody sees, or paper prints: a matrix on linear sRGB.
type Vision = (&'static str, [[f32; 3]; 3]);

/// Machado, Oliveira and Fernandes 2009 (doi:10.1109/TVCG.2009.113), table 1, severity 1; Viénot, Brettel and Mollon 1999
/// (doi:10.1002/(SICI)1520-6378(199908)24:4<243::AID-COL5>3.0.CO;2-3), for sRGB primaries; luminance of ITU-R BT.709.
const VISIONS: [Vision; 6] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "deuteranope (Machado)",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    (
        "protanope (Machado)",
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ),
    ("deuteranope (Viénot)", [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
    ("protanope (Viénot)", [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    ("grey", [[0.2126, 0.7152, 0.0722]; 3]),
];

/// A colour as somebody sees it, in CAM16-UCS under the viewing conditions of sRGB.
fn seen(colour: Colour, (_, matrix): &Vision) -> [f32; 3] {
    let linear: LinSrgb = Srgb::<u8>::from(colour).into_linear();
    let own = [linear.red, linear.green, linear.blue];
    let [red, green, blue] =
        matrix.map(|row| row.iter().zip(own).map(|(m, c)| m * c).sum::<f32>().clamp(0.0, 1.0));
    let xyz: Xyz = Xyz::from_color(LinSrgb::new(red, green, blue));
    // A fifth of the luminance of white at 64 lx, as IEC 61966-2-1 has it.
    let conditions = Parameters::default_static_wp(64.0 / std::f32::consts::PI / 5.0);
    let appearance: Cam16<f32> = Cam16::from_xyz(xyz, conditions);
    let place = Cam16UcsJab::from_color(Cam16UcsJmh::from_color(Cam16Jmh::from(appearance)));
    [place.lightness, place.a, place.b]
}

fn distance(a: Colour, b: Colour, vision: &Vision) -> f32 {
    seen(a, vision).iter().zip(seen(b, vision)).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt()
}

/// All that covers area in a picture of states on a background.
fn shown_together(theme: Theme) -> Vec<Colour> {
    let changes = CHANGES.map(|(_, colour)| colour);
    [vec![theme.empty(), theme.other(), DEAD, SENSITIVE], changes.to_vec()].concat()
}

fn locus(name: &str) -> Locus {
    Locus {
        name: name.into(),
        description: String::new(),
        levels: ["a", "b", "c", "d"].map(String::from).to_vec(),
        birth_factor: vec![1.0; 4],
        network: Vec::new(),
        changes: Vec::new(),
    }
}

// Two states of one picture were at a distance of 2 for deuteranopes, and resistant cells looked dead in grey.
#[test]
fn colours_that_are_shown_together_are_apart_for_everybody() {
    for theme in [Theme::Light, Theme::Dark] {
        let clones = [true, false].map(|ground| {
            let (own, others) = clone_paints(ground);
            let of_clones = own.into_iter().chain([others]).map(|paint| theme.colour(paint));
            of_clones.chain([theme.empty(), DEAD]).collect::<Vec<Colour>>()
        });
        for shown in [vec![shown_together(theme)], clones.to_vec()].concat() {
            for (i, a) in shown.iter().enumerate() {
                for (b, vision) in shown[..i].iter().flat_map(|b| VISIONS.iter().map(move |v| (b, v))) {
                    let far = distance(*a, *b, vision);
                    assert!(far >= APART, "{a:?} and {b:?} for {}, {theme:?}: {far:.1}", vision.0);
                }
            }
        }
    }
}

// In the plot of treatments blue was a drug, in the next one it was an arm.
#[test]
fn drugs_are_apart_for_everybody_and_have_no_arm_s_colour() {
    assert!(DRUGS.iter().all(|drug| !SERIES.contains(drug)));
    for (i, a) in DRUGS[..4].iter().enumerate() {
        for (b, vision) in DRUGS[..i].iter().flat_map(|b| VISIONS.iter().map(move |v| (b, v))) {
            assert!(distance(*a, *b, vision) >= APART, "{a:?} and {b:?} for {}", vision.0);
        }
    }
}

// The measure itself: it knows the pair that was confused, that white is white (but for incomplete adaptation), and what was alike in grey.
#[test]
fn the_measure_sees_what_was_wrong() {
    let (gsk3_and_rtk, kinase_and_rtk) = ([160, 90, 60], [92, 126, 45]);
    assert!(distance(gsk3_and_rtk, kinase_and_rtk, &VISIONS[0]) > 20.0);
    assert!(distance(gsk3_and_rtk, kinase_and_rtk, &VISIONS[1]) < 5.0);
    let white = seen([255; 3], &VISIONS[0]);
    assert!((white[0] - 100.0).abs() < 0.1 && white[1].abs() < 2.5 && white[2].abs() < 2.5, "{white:?}");
    assert!(distance([230, 159, 0], [188, 174, 160], &VISIONS[5]) < 3.0);
}

// Shaded faces of one state had the colours of others.
#[test]
fn shading_never_makes_another_state_of_a_colour() {
    for theme in [Theme::Light, Theme::Dark] {
        let shown = shown_together(theme);
        for (colour, parts) in shown.iter().flat_map(|c| [-255, -20, 20, 255].map(|parts| (*c, parts))) {
            for vision in &VISIONS[..5] {
                let lit = shaded(colour, parts);
                let far = |other: &&Colour| distance(lit, **other, vision);
                let nearest = shown.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
                assert_eq!(nearest, Some(&colour), "{lit:?} for {}", vision.0);
            }
        }
    }
}

#[test]
fn the_largest_clones_are_told_apart_in_the_order_of_their_founding() {
    let sizes = (0..20).map(|clone| (clone, u64::from(clone % 10)));
    assert_eq!(told_apart(sizes), [7, 8, 9, 18, 19]);
}

#[test]
fn a_state_has_its_colour_whatever_other_loci_there_are() {
    let alone = state_paint(&[locus("rtk")], &[1]);
    assert_eq!(alone, Paint::Colour(ORANGE));
    assert_eq!(state_paint(&[locus("gsk3"), locus("mine"), locus("rtk")], &[0, 0, 1]), alone);
    assert_eq!(state_paint(&[locus("rtk")], &[0]), Paint::Colour(SENSITIVE));
    assert_eq!(state_paint(&[locus("rtk")], &[3]), alone);
}

#[test]
fn loci_without_a_colour_of_their_own_share_the_last_one() {
    let loci = ["mine", "rtk", "yours", "hers", "theirs"].map(locus);
    let alone = |at: usize| {
        let mut levels = [0; 5];
        levels[at] = 1;
        state_paint(&loci, &levels)
    };
    let four = [GREEN, ORANGE, VIOLET, NAVY].map(Paint::Colour);
    assert_eq!([0, 1, 2, 3].map(alone), four);
    assert_eq!([alone(4), state_paint(&loci, &[1, 1, 0, 0, 0])], [Paint::Other; 2]);
}
