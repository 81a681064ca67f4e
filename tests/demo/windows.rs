//! The morning in windows: the centre, a picker's terminal, and how to open the others.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use super::process::{Centre, Failure, built, enrol, run_centre, set_up_centre};

/// Sets the site up, starts the centre and opens a picker's window; returns when it is closed.
pub fn open(orders: &Path, seed: u64, out: &Path) -> Result<(), Failure> {
    let (home, site) = set_up_centre(orders, seed, out)?;
    let path = |p: &Path| p.display().to_string();
    let (paper, people) = (path(&out.join("paper")), path(&site.join("operators.csv")));
    print!("{}", run_centre(&home, &["print", "practice", "--operators", &people, "--out", &paper])?);
    let centre = Centre::start(&home, "127.0.0.1:0")?;
    let url = format!("http://{}", centre.address);
    let program = built("aisle")?;
    println!("The centre listens on {url}. Badges and PINs: {}", site.join("operators.csv").display());
    for (code, what, wide) in
        [("P1", "a packer's bench", "--wide"), ("L1", "the lead's desk", "--wide"), ("H1", "", "")]
    {
        let folder = enrol(&home, out, code, &url)?;
        if !what.is_empty() {
            println!("For {what}: {} --home {} {wide}", program.display(), folder.display());
        }
    }
    let window = Command::new(&program)
        .arg("--home")
        .arg(out.join("terminals").join("H1"))
        .stdin(Stdio::null())
        .status()?;
    centre.kill()?;
    if window.success() { Ok(()) } else { Err("the picker's window ended with an error".into()) }
}
