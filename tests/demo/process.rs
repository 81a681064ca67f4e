//! The programs of the morning: the centre and the terminals, each a process of its own.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;

use super::storm::{self, Torment};

/// How long a program may take to answer before the morning is called off.
const PATIENCE: Duration = Duration::from_secs(60);

/// A failure of the demonstration itself, not of the goods.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where the programs were built: beside this one's folder.
pub fn built(name: &str) -> io::Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me.parent().and_then(Path::parent).ok_or_else(|| io::Error::other("no build folder"))?;
    let program = folder.join(name);
    if program.is_file() {
        Ok(program)
    } else {
        Err(io::Error::other(format!("{} is missing: run `cargo build` first", program.display())))
    }
}

/// Runs a command of the centre to its end and gives what it printed.
pub fn run_centre(home: &Path, args: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new(built("aisle-oms")?);
    command.arg("--home").arg(home).args(args).stdin(Stdio::null());
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!("aisle-oms {} failed: {told}", args.join(" ")).into())
}

/// Grows the site from the orders, imports it and them, and releases the first work. Gives the centre's folder
/// and the folder of the sheets, both made anew under `out`.
pub fn set_up_centre(orders: &Path, seed: u64, out: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    let (home, site) = (out.join("centre"), out.join("site"));
    std::fs::create_dir_all(&home)?;
    let path = |p: &Path| p.display().to_string();
    let seed = seed.to_string();
    run_centre(&home, &["demo-site", "--orders", &path(orders), "--seed", &seed, "--out", &path(&site)])?;
    std::fs::copy(site.join("aisle-oms.toml"), home.join("aisle-oms.toml"))?;
    print!("{}", run_centre(&home, &["import", "site", &path(&site)])?);
    print!("{}", run_centre(&home, &["import", "orders", &path(orders)])?);
    print!("{}", run_centre(&home, &["release"])?);
    Ok((home, site))
}

/// Enrols a terminal whose files lie under `out`, and gives its folder.
pub fn enrol(home: &Path, out: &Path, code: &str, url: &str) -> Result<PathBuf, Failure> {
    let folder = out.join("terminals").join(code);
    std::fs::create_dir_all(folder.join("config"))?;
    let file = folder.join("config").join("enrolment.toml");
    run_centre(home, &["enrol", code, "--centre", url, "--out", &file.display().to_string()])?;
    Ok(folder)
}

/// The centre, serving.
pub struct Centre {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Centre {
    /// Starts it and waits until it says where it listens.
    pub fn start(home: &Path, listen: &str) -> Result<Self, Failure> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(home.join("centre.log"))?;
        let mut child = Command::new(built("aisle-oms")?)
            .arg("--home")
            .arg(home)
            .args(["serve", "--listen", listen])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the centre has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().ok_or("the centre ended at once; see centre.log")??;
        let address = first.rsplit(' ').next().unwrap_or_default();
        let address = address.trim_start_matches("http://").parse()?;
        thread::spawn(move || for _ in lines {});
        Ok(Self { child, address })
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Centre {
    /// A morning that ends early leaves no centre behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One terminal, headless: raw scans in, a JSON line out after each.
pub struct Handheld {
    /// Its code.
    pub code: String,
    home: PathBuf,
    screens: Option<PathBuf>,
    wide: bool,
    child: Child,
    scans: ChildStdin,
    answers: Receiver<String>,
    /// What it answered last.
    pub screen: Value,
    /// How many answers it gave in its lives.
    pub turns: u64,
    /// How often it died.
    pub deaths: u64,
    /// Of these, how often it had recorded what it was told last and had no time to say so.
    pub unheard: u64,
    /// What is done to it.
    pub torment: Option<Torment>,
    /// The last operation that it confirmed.
    confirmed: u64,
}

impl Handheld {
    /// Starts it on its own folder.
    pub fn start(code: &str, home: &Path, screens: Option<&Path>, wide: bool) -> Result<Self, Failure> {
        let (child, scans, answers) = spawn(code, home, screens, wide)?;
        let mut handheld = Self {
            code: code.to_owned(),
            home: home.to_owned(),
            screens: screens.map(Path::to_owned),
            wide,
            child,
            scans,
            answers,
            screen: Value::Null,
            turns: 0,
            deaths: 0,
            unheard: 0,
            torment: None,
            confirmed: 0,
        };
        handheld.hear()?;
        Ok(handheld)
    }

    /// Sends raw scanner bytes and waits for the answer.
    pub fn scan(&mut self, raw: &[u8]) -> Result<&Value, Failure> {
        let mut line = String::new();
        for byte in raw {
            match byte {
                b'\\' => line.push_str("\\\\"),
                b'!' if line.is_empty() => line.push_str("\\x21"),
                0x20..=0x7e => line.push(char::from(*byte)),
                other => line.push_str(&format!("\\x{other:02x}")),
            }
        }
        self.send(&line)
    }

    /// Presses a key and waits for the answer.
    pub fn key(&mut self, key: &str) -> Result<&Value, Failure> {
        self.send(&format!("!{key}"))
    }

    /// Asks for the screen as it is now, with what the centre told meanwhile.
    pub fn look(&mut self) -> Result<&Value, Failure> {
        self.send("!")
    }

    /// Kills it as a battery pulled would, then starts it again on the same files.
    pub fn kill_and_restart(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        self.deaths += 1;
        let recorded = storm::journal_head(&self.home.join("data"))?;
        if recorded < self.confirmed {
            let lost = self.confirmed - recorded;
            return Err(format!("{} lost {lost} operations that it had confirmed", self.code).into());
        }
        let (child, scans, answers) = spawn(&self.code, &self.home, self.screens.as_deref(), self.wide)?;
        (self.child, self.scans, self.answers) = (child, scans, answers);
        self.hear()?;
        if recorded > self.confirmed {
            // She heard nothing, looks, and sees that it took.
            self.confirmed = recorded;
            self.unheard += 1;
            self.screen["outcome"] = "accepted".into();
        } else {
            self.screen["outcome"] = "died".into();
        }
        Ok(())
    }

    /// Writes a line and pulls the battery while the terminal works on it.
    #[expect(clippy::disallowed_methods, reason = "the terminal is to die at any moment of its work")]
    fn die_on(&mut self, line: &str, after: Duration) -> Result<(), Failure> {
        writeln!(self.scans, "{line}")?;
        self.scans.flush()?;
        thread::sleep(after);
        self.kill_and_restart()
    }

    /// Its last answer is what it shows after a death: what it was told was not recorded.
    pub fn died(&self) -> bool {
        self.screen["outcome"] == "died"
    }

    /// Its folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Ends it in good order.
    pub fn stop(mut self) -> Result<(), Failure> {
        drop(self.scans);
        self.child.wait()?;
        Ok(())
    }

    fn send(&mut self, line: &str) -> Result<&Value, Failure> {
        if let Some(after) = self.torment.as_mut().and_then(Torment::lives_on) {
            self.die_on(line, after)?;
            return Ok(&self.screen);
        }
        writeln!(self.scans, "{line}")?;
        self.scans.flush()?;
        self.hear()?;
        Ok(&self.screen)
    }

    fn hear(&mut self) -> Result<(), Failure> {
        let line = self
            .answers
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("{} gave no answer; see {}", self.code, self.home.display()))?;
        self.screen = serde_json::from_str(&line)?;
        self.confirmed = self.confirmed.max(self.screen["durable_seq"].as_u64().unwrap_or(0));
        self.turns += 1;
        Ok(())
    }
}

fn spawn(
    code: &str,
    home: &Path,
    screens: Option<&Path>,
    wide: bool,
) -> Result<(Child, ChildStdin, Receiver<String>), Failure> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(home.join("terminal.log"))?;
    let mut command = Command::new(built("aisle")?);
    command.arg("--home").arg(home).arg("--headless");
    if let Some(screens) = screens {
        command.arg("--screens").arg(screens.join(code));
    }
    if wide {
        command.arg("--wide");
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn()?;
    let scans = child.stdin.take().ok_or("the terminal takes no input")?;
    let stdout = child.stdout.take().ok_or("the terminal has no output")?;
    let (told, answers) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if told.send(line).is_err() {
                break;
            }
        }
    });
    Ok((child, scans, answers))
}
