//! The chart of one patient in one arm: what is seen of it, day by day, and when it is followed no further.

use blake3::Hasher;

use super::calendar::VisitCalendar;
use super::draws::VisitDraw;
use super::findings::{Composition, Laboratory, PEOPLE, Scan, ScanReading};
use super::follow::FollowUp;
use super::readers::{self, VISIBLE_MM};
use super::spread::NewLesionHazard;
use crate::biology::marker::variant_fraction;
use crate::scenario::{MarkerTrigger, ScanReader, TriggerMarker};
use crate::simulation::care::{Observer, PatientView, VisitDecision};
use crate::therapy::TreatmentRecord;
use crate::therapy::course::{DayReport, Decision, TreatmentCourse};
use crate::therapy::response::Category;

/// Coefficients of variation of chromogranin A and neuron-specific enolase within a person (A: five samples in two months of 22 healthy
/// people, Clin Biochem 2013;46:148).
pub(in crate::trial) const WITHIN_PERSON: (f64, f64) = (0.163, 0.136);
/// What a patient had come to when a line had ended by progression: all that an arm without the later lines would know.
#[derive(Debug, Clone)]
pub struct LineSnapshot {
    /// The line.
    pub line: usize,
    /// The chart as it was.
    pub chart: Box<Chart>,
    /// The therapy as it was.
    pub record: TreatmentRecord,
}

/// The volume that a measured sum of diameters stands for, relative to that of a measured baseline.
pub(in crate::trial) fn relative_volume(sum_mm: f64, baseline_mm: f64) -> f64 {
    let ratio = sum_mm / baseline_mm;
    ratio * ratio * ratio
}

/// The chart of a patient.
#[derive(Debug, Clone)]
pub struct Chart {
    follow: FollowUp,
    calendar: VisitCalendar,
    /// Today's scan: what is reported; composition.
    scanned: Option<([ScanReading; PEOPLE], Composition)>,
    spread: NewLesionHazard,
    death_threshold: f64,
    /// Line that is judged, and whether it has progressed.
    line: usize,
    progressed: bool,
    lines: usize,
    live_at_start: f64,
    /// Secretion at the start, to which that of NSE is relative.
    secretion_at_start: f64,
    /// The baseline as the investigator measures it.
    baseline_mm: f64,
    hasher: Hasher,
    /// ln(V/V0) on the last morning.
    pub log_volume: f64,
    /// Day on which it was seen last.
    pub last_day: u32,
    /// Number of times that its lesions were thinned.
    pub thinned: u32,
    /// Division attempts without a free site, and completed divisions.
    pub blocked: (u64, u64),
    /// Day of death.
    pub died: Option<u32>,
    /// Scans.
    pub scans: Vec<Scan>,
    /// Values of the blood.
    pub laboratory: Vec<Laboratory>,
    /// Composition of the tumour at laboratory visits, at the start and when a line progressed.
    pub compositions: Vec<Composition>,
    /// Composition when a line progressed, by line.
    pub at_progression: Vec<(usize, Composition)>,
    /// Snapshots at the ends of lines before the last one.
    pub snapshots: Vec<LineSnapshot>,
}

impl Chart {
    /// Scans of a line, from 0, up to the progression that the investigator sees, which is the last of them.
    pub fn scans_until_progression(&self, line: usize) -> Vec<&Scan> {
        let mut progressed = false;
        let of_line = self.scans.iter().filter(|s| s.line == line);
        of_line
            .take_while(|s| !std::mem::replace(&mut progressed, s.category == Category::Progression))
            .collect()
    }

    /// A patient who is about to begin a plan with this many lines.
    pub fn new(follow: FollowUp, lines: usize) -> Self {
        let key = follow.key;
        Self {
            calendar: VisitCalendar::new(&follow.assessment, key),
            scanned: None,
            spread: NewLesionHazard::new(key),
            death_threshold: VisitDraw::Death.of(key, 0).exponential(),
            line: 0,
            progressed: false,
            lines,
            live_at_start: 0.0,
            secretion_at_start: 1.0,
            baseline_mm: follow.measured_baseline_mm(),
            hasher: Hasher::new(),
            log_volume: 0.0,
            last_day: 0,
            thinned: 0,
            blocked: (0, 0),
            died: None,
            scans: Vec::new(),
            laboratory: Vec::new(),
            compositions: Vec::new(),
            at_progression: Vec::new(),
            snapshots: Vec::new(),
            follow,
        }
    }

    /// The same chart as that of an arm that begins like this one.
    pub fn of_arm(self, follow: FollowUp, lines: usize) -> Self {
        Self { follow, lines, ..self }
    }

    /// Lines of the plan.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Who is followed, and how.
    pub fn follow(&self) -> &FollowUp {
        &self.follow
    }

    /// Hash of all that was seen of the tumour each morning.
    pub fn digest(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }

    /// Follows the patient without a tumour from the last day on, which grows at its untreated rate: the day of death, if it comes
    /// before the end of follow-up.
    pub fn outlive(&self) -> Option<u32> {
        if self.died.is_some() {
            return self.died;
        }
        let (mut volume, mut left) = (self.log_volume, self.death_threshold);
        (self.last_day + 1..=self.follow.end).find(|day| {
            volume += self.follow.growth;
            left -= self.death_hazard(*day, volume);
            left <= 0.0
        })
    }

    /// A day's hazard of death at a logarithm of the volume.
    fn death_hazard(&self, day: u32, log_volume: f64) -> f64 {
        self.follow.other_death(day) + self.follow.assessment.tumour_death * log_volume.max(0.0)
    }

    /// A day's hazard of death; whether it comes.
    fn age(&mut self) -> bool {
        self.death_threshold -= self.death_hazard(self.last_day, self.log_volume);
        self.death_threshold <= 0.0
    }

    fn take(&mut self, seen: &PatientView<'_>) {
        self.log_volume = self.follow.log_volume(seen.volumes);
        self.last_day = seen.day;
        (self.thinned, self.blocked) = (seen.thinned, seen.blocked);
        self.hasher.update(&seen.day.to_le_bytes());
        for number in seen.volumes.iter().chain(seen.live_by_row) {
            self.hasher.update(&number.to_le_bytes());
        }
        if seen.day == 0 {
            self.live_at_start = seen.live_by_row.iter().sum();
            self.secretion_at_start = seen.cga;
        }
    }

    /// The volume that a measured sum of diameters stands for, relative to the measured baseline.
    fn relative(&self, sum_mm: f64) -> f64 {
        relative_volume(sum_mm, self.baseline_mm)
    }

    /// What a line that is due to look at the tumour between scans sees of it: what a scan would, with an error of its own.
    fn monitored(&self, seen: &PatientView<'_>) -> Option<f64> {
        let due = seen.course.monitor_due();
        due.then(|| self.relative(self.follow.sum_mm(seen.volumes) * self.follow.error_on(seen.day)))
    }

    fn compose(&self, seen: &PatientView<'_>) -> Composition {
        let live: f64 = seen.live_by_row.iter().sum();
        let share = |part: f64| if live > 0.0 { part / live } else { 0.0 };
        let of = |rows: &dyn Fn(usize) -> bool| -> f64 {
            let rows = seen.live_by_row.iter().enumerate().filter(|(row, _)| rows(*row));
            share(rows.map(|(_, cells)| cells).sum())
        };
        let marks = &self.follow.marks;
        Composition {
            day: seen.day,
            volume: libm::exp(self.log_volume),
            sensitive: of(&|row| marks.iter().all(|mark| !mark.get(row).is_some_and(|m| *m))),
            changed: marks.iter().map(|mark| of(&|row| mark.get(row).is_some_and(|m| *m))).collect(),
        }
    }

    fn is_last_day(&self) -> bool {
        self.last_day >= self.follow.end
    }

    /// Notes a scan; whether it ends the last line by progression.
    fn note(&mut self, decision: &Decision, course: &TreatmentCourse) -> bool {
        let (Some((readings, composition)), Some(judged)) = (self.scanned.take(), decision.judgement) else {
            return false;
        };
        self.scans.push(Scan {
            day: self.last_day,
            line: self.line,
            readings,
            change: judged.change,
            category: judged.category,
        });
        if judged.category != Category::Progression || self.progressed {
            return false;
        }
        self.progressed = true;
        self.at_progression.push((self.line, composition));
        if self.line + 1 >= self.lines {
            return true;
        }
        let chart = Box::new(Chart { snapshots: Vec::new(), ..self.clone() });
        self.snapshots.push(LineSnapshot { line: self.line, chart, record: course.record().clone() });
        false
    }

    /// Live cells, relative to those of the start.
    fn cells(&self, seen: &PatientView<'_>) -> f64 {
        let live: f64 = seen.live_by_row.iter().sum();
        if self.live_at_start > 0.0 { live / self.live_at_start } else { 0.0 }
    }

    /// Chromogranin A in the blood of a day, ng/mL: what a laboratory visit finds.
    fn cga(&self, seen: &PatientView<'_>) -> f64 {
        let (key, day) = (self.follow.key, seen.day);
        self.follow.cga(self.cells(seen), seen.cga) * VisitDraw::Cga.varied(key, day, WITHIN_PERSON.0)
    }

    /// What of a marker is in the blood of a day.
    fn marker(&self, rule: &MarkerTrigger, seen: &PatientView<'_>) -> f64 {
        match rule.marker {
            TriggerMarker::Cga => self.cga(seen),
            TriggerMarker::Ctdna => variant_fraction(seen.live_by_row, &self.follow.marks, rule.locus_number),
        }
    }

    fn analyse(&mut self, seen: &PatientView<'_>) {
        let cells = self.cells(seen);
        let nse = match self.secretion_at_start {
            start if start > 0.0 => cells * seen.cga / start,
            _ => cells,
        };
        let (key, day) = (self.follow.key, seen.day);
        self.laboratory.push(Laboratory {
            day,
            cga: self.cga(seen),
            nse: nse * VisitDraw::Nse.varied(key, day, WITHIN_PERSON.1),
        });
    }
}

impl Observer for Chart {
    fn morning(&mut self, seen: &PatientView<'_>) -> VisitDecision {
        self.take(seen);
        self.scanned = None;
        if seen.day > 0 {
            self.spread.advance_day(&self.follow, self.log_volume);
            if self.age() {
                self.died = Some(seen.day);
                return VisitDecision { leaves: true, ..VisitDecision::default() };
            }
        }
        let every = self.follow.assessment.laboratory;
        if seen.day.is_multiple_of(every) {
            self.analyse(seen);
            let composition = self.compose(seen);
            self.compositions.push(composition);
        }
        if let Some(line) = seen.course.record().lines.last().map(|l| l.line)
            && line != self.line
        {
            (self.line, self.progressed) = (line, false);
        }
        let markers = seen.course.markers(|rule| self.marker(rule, seen));
        let Some(number) = self.calendar.scan(seen.day) else {
            let monitored = self.monitored(seen);
            return VisitDecision {
                leaves: self.is_last_day(),
                monitored,
                markers,
                ..VisitDecision::default()
            };
        };
        // A scan that is due on the last day is made: the patient leaves once it has been judged.
        let sum = self.follow.sum_mm(seen.volumes);
        let readings = readers::read(&self.follow, &mut self.spread.unseen, sum, number);
        let ScanReading { sum_mm, new_lesion } = readings[0];
        let measured = Some(self.relative(sum_mm));
        self.scanned = Some((readings, self.compose(seen)));
        // A line that looks on the day of a scan sees the scan.
        VisitDecision { measured, new_lesion, leaves: false, monitored: measured, markers }
    }

    fn decided(&mut self, decision: &Decision, course: &TreatmentCourse) -> bool {
        let over = self.note(decision, course);
        over || self.is_last_day()
    }

    fn evening(&mut self, _report: &DayReport) {}
}

impl Chart {
    /// The person whose reading a reader's is: the adjudicated one is that of the investigator or of the central reader, whose changes
    /// from baseline lie nearer to the expert's over the scans up to a day (sum of the differences of logarithms).
    pub(in crate::trial) fn person(&self, reader: ScanReader, until: u32) -> usize {
        match reader {
            ScanReader::Investigator => 0,
            ScanReader::Central => 1,
            ScanReader::Adjudicated => {
                let [local, central] = self.expert_distances(until);
                usize::from(central < local)
            }
        }
    }

    /// How far the investigator's and the central reader's changes from baseline are from the expert's.
    fn expert_distances(&self, until: u32) -> [f64; 2] {
        let start = self.follow().measured_baselines_mm();
        let mut apart = [0.0; 2];
        for scan in self.scans.iter().take_while(|scan| scan.day <= until) {
            let change =
                |person: usize| libm::log(scan.readings[person].sum_mm.max(VISIBLE_MM) / start[person]);
            let expert = change(2);
            apart.iter_mut().enumerate().for_each(|(person, sum)| *sum += (change(person) - expert).abs());
        }
        apart
    }
}
