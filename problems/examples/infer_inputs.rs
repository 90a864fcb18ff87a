//! Infers a grammar from inputs and writes inputs made from it: a tool for development.
//!
//! ```text
//! cargo run -p riddle-problems --example infer_inputs -- [--statement FILE] [--n N] [--seed S]
//!     [--out FOLDER] [--accepts FILE]... [--scaled SIZE] INPUT...
//! ```
//!
//! Prints the explanation; then, for each `--accepts` file, whether it is read.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::path::PathBuf;

use riddle_problems::inputs::grammar::Grammar;

fn main() -> Result<(), Box<dyn Error>> {
    let mut statement = String::new();
    let (mut n, mut seed, mut scaled) = (20, 0, None);
    let mut out: Option<PathBuf> = None;
    let (mut inputs, mut others) = (Vec::new(), Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("`{arg}` needs a value"));
        match arg.as_str() {
            "--statement" => {
                statement = String::from_utf8_lossy(&fs_err::read(value()?)?).into_owned();
            }
            "--n" => n = value()?.parse()?,
            "--seed" => seed = value()?.parse()?,
            "--out" => out = Some(value()?.into()),
            "--accepts" => others.push(value()?),
            "--scaled" => scaled = Some(value()?.parse()?),
            _ => inputs.push(fs_err::read(&arg)?),
        }
    }
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let grammar = Grammar::infer(&inputs, &statement)?;
    print!("{grammar}");
    println!("max size: {}", grammar.max_size());
    let mut n_accepted = 0;
    for other in &others {
        let accepts = grammar.accepts(&fs_err::read(other)?);
        n_accepted += usize::from(accepts);
        if !accepts {
            println!("refused: {other}");
        }
    }
    println!("accepted: {n_accepted} of {}", others.len());
    let mut made = grammar.generate(n, seed);
    made.extend(scaled.and_then(|it| grammar.scaled(it, seed)));
    println!("generated: {}", made.len());
    if let Some(out) = out {
        fs_err::create_dir_all(&out)?;
        for (place, input) in made.iter().enumerate() {
            fs_err::write(out.join(format!("{place:04}.in")), &input.bytes)?;
            println!("{place:04} {} (size {})", input.how, input.size);
        }
    }
    Ok(())
}
