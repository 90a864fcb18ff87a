//! The plots: n@k, the funnel, the sizes of clusters. Each is an SVG text that stands alone, in the colours of
//! a light page; inside a page `style.css` gives each colour its dark twin by its name.
//!
//! Knows figures, not where they come from.

use std::{fmt::Display, ops::Range};

use anyhow::anyhow;
use plotters::{
    chart::{ChartBuilder, ChartContext, SeriesLabelPosition},
    coord::{
        Shift,
        cartesian::Cartesian2d,
        ranged1d::{DefaultFormatting, KeyPointHint, KeyPointWeight, Ranged},
        types::RangedCoordf64,
    },
    element::{EmptyElement, PathElement, Polygon, Rectangle, Text},
    prelude::{DrawingArea, IntoDrawingArea, SVGBackend},
    series::{DashedLineSeries, LineSeries},
    style::{
        Color, IntoFont, RGBColor, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use riddle_engine::Interval;

use crate::text::count;

/// Width of every plot, in pixels: two fit beside each other, and one still reads on a telephone.
const WIDTH: u32 = 480;
/// Height of a plot with axes.
const HEIGHT: u32 = 320;
/// Height of a stage of the funnel.
const STAGE_HEIGHT: i32 = 34;
/// Size of letters, large enough where the plot is shown at three quarters.
const LETTERS: i32 = 17;
/// Ticks that have room beside each other.
const MAX_TICKS: usize = 10;
/// Where the funnel's bars begin and end.
const BARS: (i32, i32) = (118, 390);
/// Clusters of a problem that have a bar, the largest.
pub(super) const SHOWN_RANKS: usize = 20;

// Each of these is named in `style.css`.
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
const FAINT: RGBColor = RGBColor(0x59, 0x63, 0x6e);
const GRID: RGBColor = RGBColor(0xe0, 0xe4, 0xe8);
const BAR: RGBColor = RGBColor(0x74, 0x96, 0xb8);
const BAR_RIGHT: RGBColor = RGBColor(0x1f, 0x6f, 0xb2);
const CURVES: [RGBColor; 6] = [
    RGBColor(0x1f, 0x6f, 0xb3),
    RGBColor(0xbf, 0x51, 0x1f),
    RGBColor(0x1d, 0x7f, 0x5c),
    RGBColor(0x8a, 0x4f, 0xa8),
    RGBColor(0x8a, 0x68, 0x00),
    RGBColor(0xb0, 0x3a, 0x6b),
];

/// A curve of a plot of n@k.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub(crate) name: String,
    /// Samples and the chance of solving, ascending.
    pub(crate) points: Vec<(u64, Interval)>,
}

/// A stage of the funnel.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) n: u64,
}

/// The mean share of its problem's survivors that the cluster of a rank holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct RankShare {
    /// Where the cluster is right.
    pub(crate) right: f64,
    /// Where it is not, or that is not known.
    pub(crate) other: f64,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// A straight axis with its ticks where we want them.
#[derive(Clone, Debug)]
struct Axis {
    range: Range<f64>,
    ticks: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range.clone()).map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight() {
            KeyPointWeight::Bold => self.ticks.clone(),
            KeyPointWeight::Any => Vec::new(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

fn style(colour: RGBColor, size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}

fn failed(error: impl Display) -> anyhow::Error {
    anyhow!("could not draw a plot: {error}")
}

/// Draws on a sheet, and names it for those who do not see it.
fn drawn(
    label: &str,
    height: u32,
    draw: impl FnOnce(&Area<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&PAPER).map_err(failed)?;
        draw(&area)?;
        area.present().map_err(failed)?;
    }
    debug_assert!(!label.contains(['"', '<', '&']), "a label is ours");
    Ok(svg.replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{label}\" "),
        1,
    ))
}

/// Makes axes: shares upwards, and what `ticks` are to the right.
fn axes<'a, 'b>(
    area: &'a Area<'b>,
    right: Range<f64>,
    ticks: Vec<f64>,
    top: f64,
    (title, label): (&str, &dyn Fn(&f64) -> String),
) -> anyhow::Result<Chart<'a, 'b>> {
    let step = if top > 0.5 { 0.2 } else { 0.1 };
    let shares: Vec<f64> = (0..=10_u32)
        .map(|it| f64::from(it) * step)
        .filter(|it| *it <= top + 1e-9)
        .collect();
    let mut chart = ChartBuilder::on(area)
        .margin(6)
        .margin_right(14)
        .margin_top(12)
        .x_label_area_size(48)
        .y_label_area_size(52)
        .build_cartesian_2d(
            Axis {
                range: right,
                ticks,
            },
            Axis {
                range: 0.0..top,
                ticks: shares,
            },
        )
        .map_err(failed)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(PAPER.mix(0.0))
        .bold_line_style(GRID)
        .axis_style(FAINT)
        .label_style(style(FAINT, LETTERS))
        .axis_desc_style(style(FAINT, LETTERS))
        .x_desc(title)
        .x_label_formatter(label)
        .y_label_formatter(&|it: &f64| format!("{:.0} %", 100.0 * it))
        .draw()
        .map_err(failed)?;
    Ok(chart)
}

/// Draws chances of solving over the size of a sample, each with its interval; the first curve is the bound
/// that the others are held against. There must be a point.
pub(crate) fn n_at_k(label: &str, curves: &[Curve]) -> anyhow::Result<String> {
    let mut ks: Vec<u64> = (curves.iter().flat_map(|it| &it.points))
        .map(|it| it.0)
        .collect();
    ks.sort_unstable();
    ks.dedup();
    let (Some(first), Some(last)) = (ks.first(), ks.last()) else {
        return Err(failed("it has no points"));
    };
    let pad = 0.06 + 0.04 * (place(*last) - place(*first));
    let range = place(*first) - pad..place(*last) + pad;
    let dodge = 0.014 * (range.end - range.start);
    drawn(label, HEIGHT, |area| {
        let is_power = |it: u64| {
            it.checked_ilog10()
                .is_some_and(|digits| it == 10_u64.pow(digits))
        };
        let has_tick = |it: &&u64| ks.len() <= MAX_TICKS || is_power(**it);
        let ticks = ks.iter().filter(has_tick).map(|it| place(*it)).collect();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a k"
        )]
        let named = |it: &f64| in_short(10_f64.powf(*it).round() as u64);
        let title = "candidates drawn (k)";
        let mut chart = axes(area, range, ticks, 1.0, (title, &named))?;
        for (index, curve) in curves.iter().enumerate() {
            let is_bound = index == 0;
            let colour = if is_bound {
                FAINT
            } else {
                CURVES[(index - 1) % CURVES.len()]
            };
            // Beside each other, so that no interval hides another.
            #[expect(clippy::cast_precision_loss, reason = "a handful")]
            let aside = dodge * (index as f64 - (curves.len() as f64 - 1.0) / 2.0);
            let points: Vec<(f64, Interval)> = (curve.points.iter())
                .map(|(k, it)| (place(*k) + aside, *it))
                .collect();
            let line = points.iter().map(|it| (it.0, it.1.value));
            let drawn = if is_bound {
                let dashes = DashedLineSeries::new(line, 5, 4, colour.stroke_width(2));
                chart.draw_series(dashes).map_err(failed)?
            } else {
                let line = LineSeries::new(line, colour.stroke_width(2));
                chart.draw_series(line).map_err(failed)?
            };
            drawn.label(&curve.name).legend(move |(x, y)| {
                let line = PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(2));
                EmptyElement::at((0, 0)) + line + mark(index, (x + 11, y), colour)
            });
            let intervals = points.iter().map(|(x, it)| {
                PathElement::new([(*x, it.low), (*x, it.high)], colour.stroke_width(1))
            });
            chart.draw_series(intervals).map_err(failed)?;
            for (x, it) in &points {
                let at = chart.backend_coord(&(*x, it.value));
                area.draw(&mark(index, at, colour)).map_err(failed)?;
            }
        }
        chart
            .configure_series_labels()
            .position(legend_of(curves, place(*first), place(*last)))
            .margin(8)
            .legend_area_size(28)
            .label_font(style(INK, LETTERS))
            .background_style(PAPER.mix(0.85))
            .draw()
            .map_err(failed)
    })
}

/// Returns where a size of samples stands.
#[expect(clippy::cast_precision_loss, reason = "places in a picture")]
fn place(k: u64) -> f64 {
    (k as f64).log10()
}

/// Returns a size of samples in a few letters.
fn in_short(k: u64) -> String {
    match k {
        0 => "0".to_owned(),
        k if k.is_multiple_of(1_000_000) => format!("{} M", k / 1_000_000),
        k if k.is_multiple_of(1_000) => format!("{} k", k / 1_000),
        k => k.to_string(),
    }
}

/// Returns the corner in which a legend hides the fewest intervals, of sizes from `first` to `last`, as places.
fn legend_of(curves: &[Curve], first: f64, last: f64) -> SeriesLabelPosition {
    /// What the legend takes of the width and of the height.
    const SHARE: (f64, f64) = (0.36, 0.4);
    let corner = |is_right: bool, is_upper: bool| {
        let hides = |it: &&(u64, Interval)| {
            let part = (place(it.0) - first) / (last - first).max(f64::MIN_POSITIVE);
            let is_beside = if is_right {
                part > 1.0 - SHARE.0
            } else {
                part < SHARE.0
            };
            let is_above = if is_upper {
                it.1.high > 1.0 - SHARE.1
            } else {
                it.1.low < SHARE.1
            };
            is_beside && is_above
        };
        curves
            .iter()
            .flat_map(|it| &it.points)
            .filter(hides)
            .count()
    };
    let corners = [
        (SeriesLabelPosition::LowerRight, corner(true, false)),
        (SeriesLabelPosition::UpperLeft, corner(false, true)),
        (SeriesLabelPosition::LowerLeft, corner(false, false)),
        (SeriesLabelPosition::UpperRight, corner(true, true)),
    ];
    let best = corners.into_iter().min_by_key(|it| it.1);
    best.map_or(SeriesLabelPosition::LowerRight, |it| it.0)
}

/// Returns the mark of a curve: its shape tells it from others where colours do not.
fn mark(index: usize, (x, y): (i32, i32), colour: RGBColor) -> Polygon<(i32, i32)> {
    let corners: &[(i32, i32)] = match index % 5 {
        0 => &[(0, -5), (5, 0), (0, 5), (-5, 0)],
        1 => &[
            (-2, -4),
            (2, -4),
            (4, -2),
            (4, 2),
            (2, 4),
            (-2, 4),
            (-4, 2),
            (-4, -2),
        ],
        2 => &[(0, -5), (5, 4), (-5, 4)],
        3 => &[(-4, -4), (4, -4), (4, 4), (-4, 4)],
        _ => &[(-5, -4), (5, -4), (0, 5)],
    };
    let corners: Vec<_> = corners.iter().map(|it| (x + it.0, y + it.1)).collect();
    Polygon::new(corners, colour.filled())
}

/// Draws how many are left after each stage.
pub(crate) fn funnel(label: &str, bars: &[Bar]) -> anyhow::Result<String> {
    let most = bars.iter().map(|it| it.n).max().unwrap_or(0).max(1);
    let height = u32::try_from(bars.len()).unwrap_or(0) * STAGE_HEIGHT.unsigned_abs() + 12;
    drawn(label, height, |area| {
        let aligned = |colour, right| {
            let side = if right { HPos::Right } else { HPos::Left };
            style(colour, LETTERS).pos(Pos::new(side, VPos::Center))
        };
        for (bar, top) in bars
            .iter()
            .zip((6..).step_by(STAGE_HEIGHT.unsigned_abs() as usize))
        {
            let middle = top + STAGE_HEIGHT / 2;
            let name = Text::new(bar.name.as_str(), (BARS.0 - 10, middle), aligned(INK, true));
            area.draw(&name).map_err(failed)?;
            let end = BARS.0 + length(bar.n, most, BARS.1 - BARS.0);
            let corners = [(BARS.0, top + 5), (end, top + STAGE_HEIGHT - 5)];
            area.draw(&Rectangle::new(corners, BAR_RIGHT.filled()))
                .map_err(failed)?;
            let n = Text::new(count(bar.n), (end + 8, middle), aligned(INK, false));
            area.draw(&n).map_err(failed)?;
        }
        Ok(())
    })
}

/// Returns a part of `room` as large as `n` is of `most`; what there is can be seen.
fn length(n: u64, most: u64, room: i32) -> i32 {
    let part = u128::from(n) * u128::from(room.unsigned_abs()) / u128::from(most);
    let part = i32::try_from(part).unwrap_or(room);
    if n > 0 { part.max(1) } else { 0 }
}

/// Draws what share of survivors the clusters hold, by rank.
pub(crate) fn cluster_sizes(label: &str, shares: &[RankShare]) -> anyhow::Result<String> {
    let shares = &shares[..shares.len().min(SHOWN_RANKS)];
    let most = shares
        .iter()
        .map(|it| it.right + it.other)
        .fold(0.0, f64::max);
    let top = ((most * 1.05 * 10.0).ceil() / 10.0).clamp(0.2, 1.0);
    let ranks: Vec<f64> = (1..=u32::try_from(shares.len()).unwrap_or(0))
        .map(f64::from)
        .collect();
    let end = ranks.last().copied().unwrap_or(1.0);
    drawn(label, HEIGHT, |area| {
        let named = |it: &f64| format!("{it:.0}");
        let title = "cluster, the largest first";
        let range = 0.4..end.max(5.0) + 0.6;
        let has_tick =
            |it: &usize| ranks.len() <= MAX_TICKS || *it == 0 || (it + 1).is_multiple_of(5);
        let ticks = (0..ranks.len())
            .filter(has_tick)
            .map(|it| ranks[it])
            .collect();
        let mut chart = axes(area, range, ticks, top, (title, &named))?;
        let bars = |part: fn(&RankShare) -> (f64, f64), colour: RGBColor| {
            let bar = move |(rank, share): (&f64, &RankShare)| {
                let (low, high) = part(share);
                let corners = [(rank - 0.36, low), (rank + 0.36, high)];
                Rectangle::new(corners, colour.filled())
            };
            let bars: Vec<_> = ranks.iter().zip(shares).map(bar).collect();
            bars
        };
        for (name, colour, part) in [
            (
                "right",
                BAR_RIGHT,
                (|it| (0.0, it.right)) as fn(&RankShare) -> (f64, f64),
            ),
            ("wrong, or not known", BAR, |it| {
                (it.right, it.right + it.other)
            }),
        ] {
            chart
                .draw_series(bars(part, colour))
                .map_err(failed)?
                .label(name)
                .legend(move |(x, y)| {
                    Rectangle::new([(x, y - 6), (x + 14, y + 6)], colour.filled())
                });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .margin(8)
            .legend_area_size(20)
            .label_font(style(INK, LETTERS))
            .background_style(PAPER.mix(0.85))
            .draw()
            .map_err(failed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(value: f64) -> Interval {
        Interval {
            value,
            low: value - 0.1,
            high: value + 0.1,
        }
    }

    #[test]
    fn every_colour_has_a_dark_twin() {
        let css = include_str!("style.css");
        let others = [PAPER, INK, FAINT, GRID, BAR, BAR_RIGHT];
        for RGBColor(r, g, b) in others.into_iter().chain(CURVES) {
            let name = format!("\"#{r:02X}{g:02X}{b:02X}\"");
            assert!(css.contains(&name), "{name}");
        }
    }

    #[test]
    fn curves_with_one_point_and_with_many() {
        let curve = |name: &str, ks: &[u64]| Curve {
            name: name.to_owned(),
            points: ks.iter().map(|it| (*it, interval(0.5))).collect(),
        };
        for ks in [&[1][..], &[1, 10, 1000]] {
            let curves = [curve("oracle", ks), curve("first", ks)];
            let svg = n_at_k("a label", &curves).unwrap();
            assert!(svg.starts_with("<svg role=\"img\" aria-label=\"a label\" "));
            assert!(svg.contains(">\nfirst\n</text>"), "{svg}");
            assert_eq!(svg, n_at_k("a label", &curves).unwrap());
        }
        assert!(n_at_k("a label", &[]).is_err());
    }

    #[test]
    fn a_legend_is_where_no_curve_is() {
        let position = |values: [f64; 2]| {
            let points = [1, 100].into_iter().zip(values.map(interval)).collect();
            let name = String::new();
            legend_of(&[Curve { name, points }], 0.0, 2.0)
        };
        assert_eq!(position([0.9, 0.9]), SeriesLabelPosition::LowerRight);
        assert_eq!(position([0.1, 0.2]), SeriesLabelPosition::UpperLeft);
        assert_eq!(position([0.9, 0.2]), SeriesLabelPosition::LowerLeft);
    }

    #[test]
    fn sizes_of_samples_are_short() {
        let cases = [(1, "1"), (500, "500"), (2_000, "2 k"), (1_000_000, "1 M")];
        for (k, text) in cases {
            assert_eq!(in_short(k), text);
        }
    }

    #[test]
    fn what_there_is_can_be_seen() {
        let cases = [(0, 0), (1, 1), (500, 50), (1_000, 100)];
        for (n, expected) in cases {
            assert_eq!(length(n, 1_000, 100), expected);
        }
    }

    #[test]
    fn nothing_is_drawn_as_nothing() {
        assert!(funnel("empty", &[]).unwrap().contains("</svg>"));
        assert!(cluster_sizes("empty", &[]).unwrap().contains("</svg>"));
    }
}
