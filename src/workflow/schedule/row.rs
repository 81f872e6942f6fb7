//! A place as its row of the table: the form in which schedules are kept, edited and compared.

use jiff::civil::{Date, Time};

use super::{COLUMNS, Place, Schedule};

impl Place {
    /// Its cells in the order of [`COLUMNS`]. The years of its days are left to the batch, and `days` to `date_ranges`.
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let day = |date: &Date| format!("{:02}-{:02}", date.month(), date.day());
        let [am_start, am_end] = half_day(self.hours.morning);
        let [pm_start, pm_end] = half_day(self.hours.afternoon);
        let [latitude, longitude] = self.position.map(super::Position::degrees).unwrap_or_default();
        [
            self.city.clone(),
            self.district.clone(),
            self.address.clone(),
            self.phones.join(";"),
            self.days.iter().map(day).collect::<Vec<_>>().join(";"),
            String::new(),
            am_start,
            am_end,
            pm_start,
            pm_end,
            latitude,
            longitude,
        ]
    }
}

/// The table of a schedule, as [`read_csv`](super::read_csv) reads it.
pub fn write_csv(schedule: &Schedule) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("memory takes every row");
    for place in &schedule.places {
        writer.write_record(place.cells()).expect("memory takes every row");
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("every cell was UTF-8")
}

fn half_day(half: Option<(Time, Time)>) -> [String; 2] {
    let time = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
    half.map(|(from, to)| [time(from), time(to)]).unwrap_or_default()
}
