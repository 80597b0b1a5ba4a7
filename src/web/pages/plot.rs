//! Small plots, drawn here so that no script is needed: bars by day.

use serde_json::{Value, json};

use crate::store::figures::DayCount;
use crate::web::pages::date;

/// Days that a plot shows.
pub(super) const DAYS: i64 = 14;

const WIDTH: i64 = 16;
const HEIGHT: i64 = 48;

/// Bars of how often events of these kinds happened on each of the last days; `name` is the name of their words.
pub(super) fn bars(name: &str, kinds: &[&str], counts: &[DayCount], today: i64) -> Value {
    let on = |day: i64| counts.iter().filter(|c| c.day == day && kinds.contains(&c.kind.as_str())).map(|c| c.events).sum::<i64>();
    let days: Vec<(i64, i64)> = (today - DAYS + 1..=today).map(|day| (day, on(day))).collect();
    let most = days.iter().map(|(_, n)| *n).max().unwrap_or_default();
    let height = |n: i64| if n == 0 { 0 } else { (n * HEIGHT / most.max(1)).max(2) };
    let bars: Vec<Value> = days
        .iter()
        .enumerate()
        .map(|(at, (day, n))| json!({"x": at as i64 * WIDTH, "y": HEIGHT - height(*n), "height": height(*n), "day": date(day * 86_400), "events": n}))
        .collect();
    json!({"name": name, "bars": bars, "total": days.iter().map(|(_, n)| n).sum::<i64>(), "today": days.last().map_or(0, |(_, n)| *n), "width": DAYS * WIDTH, "height": HEIGHT})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_a_bar_and_the_busiest_fills_the_plot() {
        let count = |day, kind: &str, events| DayCount { day, kind: kind.into(), events };
        let plot = bars("x", &["a", "b"], &[count(100, "a", 3), count(100, "b", 1), count(99, "c", 50), count(95, "a", 1), count(1, "a", 9)], 100);
        let bars = plot["bars"].as_array().expect("bars");
        assert_eq!((bars.len() as i64, plot["total"].as_i64(), plot["today"].as_i64()), (DAYS, Some(5), Some(4)));
        assert_eq!((bars[13]["height"].as_i64(), bars[12]["height"].as_i64(), bars[8]["height"].as_i64()), (Some(HEIGHT), Some(0), Some(12)));
    }
}
