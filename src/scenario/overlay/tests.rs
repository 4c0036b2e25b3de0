use std::path::Path;

use super::super::{MessageStyle, parse, parse_with};
use super::*;
use crate::scenario::Loaded;

const FILE: &str = "name = \"x\"\nphenotype = \"signalling\"\nseed = 7\n[time]\nend = \"360 d\"\n[lattice]\nsize = [64, 64]\n\
    [start]\n[patient]\ngrowth = \"0.004 /d\"\n";
const TRIAL: &str = "name = \"x\"\nphenotype = \"signalling\"\nseed = 7\n[time]\nend = \"360 d\"\n[lattice]\n[start]\n\
    [cohort]\nagents = 2000\n[[arm]]\nname = \"best care\"\n[arm.therapy]\nregimen = \"best supportive care\"\n\
    [[arm]]\nname = \"other\"\n[arm.therapy]\nregimen = \"everolimus 10 mg daily\"\n";

fn settings(all: &[&str]) -> Overlay {
    Overlay::of_command_line(&all.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>())
}

fn with(file: &str, all: &[&str]) -> Result<Loaded, String> {
    parse_with(file, "x.toml", Path::new(""), &settings(all)).map_err(|e| e.render(MessageStyle::Plain))
}

/// A file in which a text stands for another.
fn edited(file: &str, from: &str, to: &str) -> Loaded {
    assert!(file.contains(from));
    parse(&file.replace(from, to), "x.toml", Path::new(""))
        .unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)))
}

#[test]
fn a_setting_is_split_at_the_first_equals_sign_outside_quotes() {
    let read = |text: &str| text.parse::<Setting>().map(|s| (s.key, s.value));
    let pair = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
    assert_eq!(read("seed=7"), pair("seed", "7"));
    assert_eq!(read(" patient.growth = 0.006 /d "), pair("patient.growth", "0.006 /d"));
    assert_eq!(read("description=a=b"), pair("description", "a=b"));
    assert_eq!(read("arm.\"a=b\".name=c"), pair("arm.\"a=b\".name", "c"));
    assert_eq!(read("description="), pair("description", ""));
    for wrong in ["seed", "=7", "", " = "] {
        assert!(read(wrong).unwrap_err().contains("KEY=VALUE"), "{wrong}");
    }
}

#[test]
fn settings_are_what_an_editor_would_have_written() {
    for (setting, from, to) in [
        ("seed=9", "seed = 7", "seed = 9"),
        ("patient.growth=0.006 /d", "0.004 /d", "0.006 /d"),
        ("patient.growth=\"0.006 /d\"", "0.004 /d", "0.006 /d"),
        ("lattice.size=[32, 48]", "[64, 64]", "[32, 48]"),
        ("lattice.size.1=32", "[64, 64]", "[64, 32]"),
        ("patient={ growth = \"0.005 /d\" }", "0.004 /d", "0.005 /d"),
        ("time.step=12 h", "[lattice]", "step = \"12 h\"\n[lattice]"),
        ("vessels.density=2", "[patient]", "[vessels]\ndensity = 2\n[patient]"),
    ] {
        match with(FILE, &[setting]) {
            Ok(loaded) => assert_eq!(loaded.scenario, edited(FILE, from, to).scenario, "{setting}"),
            // What the file's key refuses is refused here too.
            Err(found) => {
                let edited = FILE.replace(from, to);
                assert!(parse(&edited, "x.toml", Path::new("")).is_err(), "{setting}: {found}");
            }
        }
    }
    let both = with(FILE, &["seed=1", "time.end=90 d", "seed=2"]).unwrap().scenario;
    assert_eq!((both.seed, both.time.days(both.time.end)), (2, 90.0));
}

#[test]
fn sections_of_lists_are_found_by_name_and_by_number() {
    let regimen = |to: &str| edited(TRIAL, "everolimus 10 mg daily", to).scenario;
    for key in ["arm.other.therapy.regimen", "arm.1.therapy.regimen", "arm.\"other\".therapy.regimen"] {
        let found = with(TRIAL, &[&format!("{key}=sunitinib 37.5 mg daily")]).unwrap();
        assert_eq!(found.scenario, regimen("sunitinib 37.5 mg daily"), "{key}");
    }
    let change = edited(
        TRIAL,
        "[[arm]]\nname = \"best care\"",
        "[[cohort.change]]\nquantity = \"growth\"\nfixed = 0.002\n[[arm]]\nname = \"best care\"",
    );
    for settings in [
        &["cohort.change.growth.fixed=0.002"][..],
        &["cohort.change.0.quantity=growth", "cohort.change.0.fixed=0.002"],
    ] {
        assert_eq!(with(TRIAL, settings).unwrap().scenario, change.scenario, "{settings:?}");
    }
    let twice =
        with(TRIAL, &["cohort.change.growth.typical=0.002", "cohort.change.growth.spread=0.5"]).unwrap();
    assert_eq!(twice.scenario.trial.unwrap().cohort.changes.len(), 1);
}

#[test]
fn what_is_wrong_is_shown_where_it_was_given() {
    for (file, setting, expected) in [
        (FILE, "patient.grwth=0.006 /d", &["unknown key `grwth`", "did you mean `growth`?"][..]),
        (FILE, "pateint.growth=0.006 /d", &["unknown key `pateint`", "did you mean `patient`?"]),
        (FILE, "patient.growth=0.006", &["needs a unit", "--set patient.growth=0.006"]),
        (FILE, "patient.growth=nan", &["growth"]),
        (FILE, "seed=many", &["`seed` cannot be the text", "--set seed=\"many\""]),
        (FILE, "seed.x=3", &["`seed` is the number `7` and has no keys"]),
        (FILE, "lattice..size=3", &["is not a key"]),
        (FILE, "a b=3", &["is not a key"]),
        (FILE, "lattice.size.9=3", &["there is no `size` with the number 9", "from 0 to 1"]),
        (TRIAL, "arm.othr.name=y", &["no [[arm]] is called `othr`", "did you mean `other`?"]),
        (TRIAL, "arm.7.name=y", &["there is no [[arm]] with the number 7"]),
        (TRIAL, "arm.2.nam=y", &["unknown key `nam`"]),
    ] {
        let found = with(file, &[setting]).unwrap_err();
        assert!(found.contains("command line:1:"), "{found}");
        let key = setting.split('=').next().unwrap();
        assert!(found.contains(&format!("--set {key}")), "{found}");
        expected.iter().for_each(|part| assert!(found.contains(part), "{part}: {found}"));
    }
}

#[test]
fn the_file_and_the_settings_are_each_shown_at_their_own_places() {
    let wrong = FILE.replace("[start]", "[start]\nradius = 3");
    let found = with(&wrong, &["time.end=soon", "time.step=12 h"]).unwrap_err();
    assert!(found.contains("x.toml:9:") && found.contains("command line:1:17"), "{found}");
    assert!(found.contains("--set time.end=\"soon\""), "{found}");
}
