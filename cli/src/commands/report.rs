//! `riddle report`: a recorded run as a page. Runs nothing.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::{
    args::DrawArgs,
    errors::UsageError,
    exit::Exit,
    page::{PageOptions, Plot, Recorded, page, plots},
    printer::Printer,
    text::{bytes, counted},
};

/// Make a page that shows a recorded run
#[derive(Args, Debug)]
#[command(after_help = "\
The page is one HTML file that loads nothing and has no script: solved problems with intervals, the
funnel, n@k of selection rules beside the oracle, and for each problem its clusters, an input that
tells the largest apart, how their programs differ, and the submissions with their source. Nothing
is run; the same run gives the same bytes.

Examples:
  riddle report runs/batch-1
  riddle report runs/batch-1 -o batch-1.html --plots figures
  riddle report runs/* --rules alphacode,codet,mbr-exec

Exit code: 0 if every page was written.")]
pub(crate) struct ReportArgs {
    /// Folders of runs, a page each
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// File to write the page of one run to [default: `report.html` in the run's folder]
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    #[arg(help_heading = "Output")]
    output: Option<PathBuf>,
    /// Folder to write the plots of one run to as well, each an SVG file
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    plots: Option<PathBuf>,
    /// Rules to measure, by name [default: the run's own, riddle, alphacode, first]
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Measuring"
    )]
    rules: Vec<String>,
    #[command(flatten)]
    drawing: DrawArgs,
}

pub(crate) fn report(args: &ReportArgs, printer: Printer) -> anyhow::Result<Exit> {
    for (flag, is_given) in [
        ("-o", args.output.is_some()),
        ("--plots", args.plots.is_some()),
    ] {
        if is_given && args.runs.len() > 1 {
            return Err(UsageError::new(format!(
                "`{flag}` is for one run: {} are given",
                args.runs.len()
            ))
            .into());
        }
    }
    let options = PageOptions {
        rules: args.rules.clone(),
        n_draws: args.drawing.draws,
        seed: args.drawing.seed,
    };
    for folder in &args.runs {
        let run = Recorded::read(folder, &options)?;
        let plots = plots(&run)?;
        let file = args
            .output
            .clone()
            .unwrap_or_else(|| folder.join("report.html"));
        let html = page(&run, &plots);
        fs_err::write(&file, &html).context("could not write the page")?;
        printer.note(&format!(
            "wrote {} to {}",
            bytes(html.len() as u64),
            file.display()
        ));
        if let Some(folder) = &args.plots {
            write_plots(&plots, folder)?;
            let n = counted(plots.len() as u64, "plot");
            printer.note(&format!("wrote {n} to {}", folder.display()));
        }
    }
    Ok(Exit::Done)
}

fn write_plots(plots: &[Plot], folder: &Path) -> anyhow::Result<()> {
    let failed = "could not write the plots";
    fs_err::create_dir_all(folder).context(failed)?;
    for plot in plots {
        let file = folder.join(format!("{}.svg", plot.name));
        fs_err::write(file, &plot.svg).context(failed)?;
    }
    Ok(())
}
