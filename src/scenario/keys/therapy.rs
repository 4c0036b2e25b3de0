//! `[therapy]`: regimens, lines, visits, adverse events.

use super::{FRACTION, key};
use crate::scenario::regimen::MOST_COURSES;
use crate::scenario::table::Fallback::{Absent, Derived, Required, Value};
use crate::scenario::table::{Bounds, Key, Kind, Section};
use crate::scenario::units::Dimension::{Length, Time};

/// `regimen` of a plan.
pub(super) const PLAN_REGIMEN: Key = key(
    "regimen",
    Kind::Regimens(&REGIMEN),
    Absent("the lines are given by `line`"),
    "One regimen, or a list of regimens given together: a plan of one line without an end.",
    "\"everolimus 10 mg daily\"",
);

/// `background` of a plan.
pub(super) const PLAN_BACKGROUND: Key = key(
    "background",
    Kind::Regimens(&REGIMEN),
    Absent("nothing beside the lines"),
    "Regimens given all the time, whatever the line.",
    "[\"octreotide LAR 30 mg every 28 d\"]",
);

/// `after_last_line` of a plan.
pub(super) const PLAN_AFTER: Key = key(
    "after_last_line",
    Kind::Choice(&["stop", "continue"]),
    Value("\"stop\""),
    "What comes when the last line has ended: nothing but the background, or the line goes on (treatment beyond progression).",
    "\"continue\"",
);

/// `line` of a plan, of this section.
pub(super) const fn plan_line(section: &'static Section) -> Key {
    key("line", Kind::Tables(section), Absent("one line, with `regimen`"), "Lines of therapy in order.", "[]")
}

/// `toxicity` of a plan, of this section.
pub(super) const fn plan_toxicity(section: &'static Section) -> Key {
    key("toxicity", Kind::Table(section), Value("{}"), "Adverse events.", "{ events = false }")
}

/// `[therapy]`.
pub static THERAPY: Section = Section {
    path: "therapy",
    heading: "[therapy]",
    doc: "The plan of a therapy, in whole days, with at most 32 drugs. Either `regimen` alone, for one line without an end, or one [[therapy.line]] for each line. A regimen is a line of plain words: `\"everolimus 10 mg daily\"`, `\"sunitinib 50 mg daily, 4 weeks on 2 weeks off\"`, `\"octreotide LAR 30 mg every 28 d\"`, `\"temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28\"`, `\"177Lu-DOTATATE 7.4 GBq every 8 weeks x4\"`, `\"debulking surgery 80 % on day 100\"`, `\"best supportive care\"`, `\"PD98059 10 uM\"`; or a table. Days of a cycle count from 1, days of a line from 0.",
    keys: &[
        PLAN_REGIMEN,
        PLAN_BACKGROUND,
        plan_line(&LINE),
        PLAN_AFTER,
        key(
            "visits",
            Kind::Table(&VISITS),
            Value("{}"),
            "When the tumour is measured.",
            "{ every = \"84 d\" }",
        ),
        plan_toxicity(&ADVERSE_EVENTS),
    ],
};

/// A regimen as a table.
pub static REGIMEN: Section = Section {
    path: "therapy.regimen",
    heading: "{ drug = … }",
    doc: "A regimen as a table, in place of a text. Without `dates` it is given every `interval`.",
    keys: &[
        key("drug", Kind::Text, Required, "Name or alias of a drug of the catalogue.", "\"everolimus\""),
        key("dose", Kind::Dose, Absent("none: supportive care"), "One administration.", "\"10 mg\""),
        key(
            "interval",
            Kind::Quantity(Time),
            Derived("a day, unless `dates` is given"),
            "Time from one day with doses to the next.",
            "\"28 d\"",
        ),
        key(
            "times_per_day",
            Kind::Integer { min: 1, max: 24 },
            Value("1"),
            "Administrations on such a day, evenly apart: a number that divides 24.",
            "2",
        ),
        key(
            "on",
            Kind::Quantity(Time),
            Absent("no cycles"),
            "Days on the drug in each cycle; with `off`.",
            "\"28 d\"",
        ),
        key("off", Kind::Quantity(Time), Absent("no cycles"), "Days off the drug in each cycle.", "\"14 d\""),
        key(
            "days",
            Kind::Text,
            Absent("every day of the cycle, or `on` and `off`"),
            "Days of a cycle on which the drug is given, counted from 1.",
            "\"1-7 and 15-21 of 28\"",
        ),
        key(
            "courses",
            Kind::Integer { min: 1, max: MOST_COURSES as u64 },
            Absent("no limit"),
            "Number of cycles, or of days with doses if there are no cycles.",
            "4",
        ),
        key(
            "dates",
            Kind::Times,
            Absent("regular doses"),
            "The only days with a dose, counted from 0.",
            "[\"100 d\"]",
        ),
        key(
            "start",
            Kind::Quantity(Time),
            Value("\"0 d\""),
            "Time of the line at which it begins.",
            "\"84 d\"",
        ),
        key(
            "stop",
            Kind::Quantity(Time),
            Absent("never"),
            "Time of the line from which on there are no doses.",
            "\"168 d\"",
        ),
        key(
            "route",
            Kind::Choice(&["oral", "intravenous", "subcutaneous", "intramuscular", "intraarterial"]),
            Derived("the drug's usual one"),
            "How it is given.",
            "\"oral\"",
        ),
    ],
};

/// `[[therapy.line]]`.
pub static LINE: Section = Section {
    path: "therapy.line",
    heading: "[[therapy.line]]",
    doc: "A line of therapy. It begins when the line before it has ended, and ends by the first thing in `until` that comes true.",
    keys: &LINE_KEYS,
};

/// Keys of a line, in `[therapy]` and in an arm.
pub(super) static LINE_KEYS: [Key; 8] = [
    key(
        "regimens",
        Kind::Regimens(&REGIMEN),
        Required,
        "Regimens, given together, or in turns with `alternate`.",
        "[\"everolimus 10 mg daily\"]",
    ),
    key(
        "steps",
        Kind::Texts,
        Derived("the reductions of each drug's label"),
        "Reduced doses, each below the one before it, taken one by one after severe adverse events. A dose alone is given like the planned one: \"5 mg\". With several drugs each begins with its drug's name.",
        "[\"5 mg daily\", \"5 mg every 2 d\"]",
    ),
    key(
        "start",
        Kind::Quantity(Time),
        Derived("when the line before it has ended; the first line at once"),
        "Time of the therapy at which the line begins, and the line before it ends at the latest.",
        "\"168 d\"",
    ),
    key(
        "delay",
        Kind::Quantity(Time),
        Value("\"0 d\""),
        "Time between the end of the line before it and its own beginning; not together with `start`.",
        "\"14 d\"",
    ),
    key(
        "until",
        Kind::TextOrTexts,
        Absent("nothing ends it"),
        "What ends it: \"progression\" at a visit, \"toxicity\" (a drug of the line is stopped for adverse events), a time after its beginning, or a list of these.",
        "[\"progression\", \"toxicity\"]",
    ),
    key(
        "beyond_progression",
        Kind::Quantity(Time),
        Value("\"0 d\""),
        "Time for which it goes on after progression.",
        "\"84 d\"",
    ),
    key(
        "alternate",
        Kind::Quantity(Time),
        Absent("its regimens are given together"),
        "Length of a turn: its regimens are given one after the other, over and over.",
        "\"84 d\"",
    ),
    key(
        "adaptive",
        Kind::Table(&ADAPTIVE_DOSES),
        Absent("not adaptive"),
        "Adaptive therapy: doses pause at a low burden.",
        "{ off_below = 0.5, on_above = 1.0 }",
    ),
];

/// `therapy.line.adaptive`.
pub static ADAPTIVE_DOSES: Section = Section {
    path: "therapy.line.adaptive",
    heading: "adaptive = { … }",
    doc: "Adaptive therapy, judged against the volume at the beginning of the line.",
    keys: &[
        key(
            "off_below",
            Kind::Number(Bounds::above(0.0, 1.0)),
            Required,
            "Doses pause when the volume falls below this fraction.",
            "0.5",
        ),
        key(
            "on_above",
            Kind::Number(Bounds::above(0.0, 16.0)),
            Required,
            "They resume when it reaches this fraction; above `off_below`.",
            "1.0",
        ),
        key(
            "monitor",
            Kind::QuantityOr(Time, "visit"),
            Value("\"visit\""),
            "When it is judged: at visits, or every so often since the line began.",
            "\"7 d\"",
        ),
    ],
};

/// `every` of a calendar.
pub(super) const VISITS_EVERY: Key =
    key("every", Kind::Quantity(Time), Value("\"84 d\""), "Time between visits.", "\"56 d\"");

/// `first` of a calendar.
pub(super) const VISITS_FIRST: Key = key(
    "first",
    Kind::Quantity(Time),
    Derived("`every`"),
    "The first visit; not together with `at`.",
    "\"35 d\"",
);

/// `at` of a calendar.
pub(super) const VISITS_AT: Key = key(
    "at",
    Kind::Times,
    Absent("regular visits"),
    "The first visits, where they are not regular; from the last one on `every` holds.",
    "[\"35 d\", \"63 d\"]",
);

/// `[therapy.visits]`.
pub static VISITS: Section = Section {
    path: "therapy.visits",
    heading: "[therapy.visits]",
    doc: "When the tumour is measured, counted from the start of the therapy.",
    keys: &[
        VISITS_EVERY,
        VISITS_FIRST,
        VISITS_AT,
        key(
            "baseline_diameter",
            Kind::Quantity(Length),
            Absent("progression is judged by its percentage alone"),
            "Sum of the diameters at the start; progression then needs an increase of 5 mm, beside 20 %.",
            "\"110 mm\"",
        ),
    ],
};

/// `[therapy.toxicity]`.
pub static ADVERSE_EVENTS: Section = Section {
    path: "therapy.toxicity",
    heading: "[therapy.toxicity]",
    doc: "What the model of adverse events needs beside the incidences of the catalogue. The defaults are of confidence C: choices, or fitted where they say so.",
    keys: &EVENT_KEYS,
};

/// Keys of the model of adverse events, in `[therapy]` and in an arm.
pub(super) static EVENT_KEYS: [Key; 9] = [
    key("events", Kind::Flag, Value("true"), "Whether there are adverse events.", "false"),
    key(
        "overlap",
        Kind::Number(Bounds::closed(1.0, 100.0)),
        Value("2.5"),
        "Factor on grade 3 and 4 hazards of an organ class that two drugs share, while the other one is there at its reference exposure. 2 to 3 makes daily everolimus 10 mg and sunitinib 37.5 mg intolerable, as they were.",
        "2.0",
    ),
    key(
        "background",
        Kind::Number(Bounds::closed(0.0, 0.99)),
        Value("0.43"),
        "Share of patients with a disease-related event of grade 3 or 4 within a year, which changes no dose. What the events of everolimus leave of 59.3 % with any. It is less than the 23 to 27 % that placebo arms have in about 4 months: 15 % in that time.",
        "0.0",
    ),
    key(
        "grade_2",
        Kind::Number(FRACTION),
        Value("0.42"),
        "Share of grade 2 among the events of grade 1 and 2. Stomatitis of grade 2 or more in 33 % (SWISH's control, BOLERO-2) and of any grade in 67 %.",
        "0.42",
    ),
    key(
        "grade_4",
        Kind::Number(FRACTION),
        Value("0.05"),
        "Share of grade 4 among the events of grade 3 and 4, other than of the blood.",
        "0.05",
    ),
    key(
        "grade_4_blood",
        Kind::Number(FRACTION),
        Value("0.17"),
        "The same of blood counts. Sunitinib in pancreatic NET: neutrophils 13 % grade 3 and 2.4 % grade 4, platelets 3.7 % and 1.2 %.",
        "0.17",
    ),
    key(
        "intolerable",
        Kind::Number(FRACTION),
        Value("0.25"),
        "Share of grade 2 events that are not tolerated. One centre reduced 4 of 6, another one held for hardly any; the value is between them.",
        "0.25",
    ),
    key(
        "not_restarted",
        Kind::Number(FRACTION),
        Value("0.3"),
        "Share of grade 3 events after which a drug is not started again. Fitted to the discontinuation for adverse events: 17 % and 29 % (RADIANT-3 and -4), 22 % (SUN-1111).",
        "0.3",
    ),
    key(
        "longest_hold",
        Kind::Quantity(Time),
        Value("\"28 d\""),
        "Longest hold; a drug that cannot be given again by then is stopped.",
        "\"21 d\"",
    ),
];
