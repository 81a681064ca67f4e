//! The Wi-Fi of one terminal: a loopback forwarder that can be cut.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::storm::{Fate, Storm};

/// A forwarder from its own port to the centre's, which may move.
pub struct Proxy {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    target: Arc<Mutex<SocketAddr>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// Listens on a free loopback port and forwards to `target`, as the weather lets it.
    pub fn start(target: SocketAddr, storm: Storm) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let proxy = Self {
            address: listener.local_addr()?,
            cut: Arc::default(),
            target: Arc::new(Mutex::new(target)),
            open: Arc::default(),
        };
        let (cut, target, open) =
            (Arc::clone(&proxy.cut), Arc::clone(&proxy.target), Arc::clone(&proxy.open));
        thread::Builder::new().name("wifi".into()).spawn(move || {
            for caller in listener.incoming().flatten() {
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                let Some(fates) = storm.fates() else { continue };
                let to = *target.lock().unwrap_or_else(PoisonError::into_inner);
                if let Ok(centre) = TcpStream::connect(to) {
                    forward(caller, centre, &open, fates, &storm);
                }
            }
        })?;
        Ok(proxy)
    }

    /// Where the terminal finds it.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts the network, connections under way included, or gives it back.
    pub fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
        if cut {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            for stream in open.drain(..) {
                // A stream that is gone already needs no shutting.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// The centre came back at another address.
    pub fn retarget(&self, target: SocketAddr) {
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }
}

fn forward(
    caller: TcpStream,
    centre: TcpStream,
    open: &Mutex<Vec<TcpStream>>,
    fates: [Fate; 2],
    storm: &Storm,
) {
    let pairs = [(caller.try_clone(), centre.try_clone()), (centre.try_clone(), caller.try_clone())];
    open.lock().unwrap_or_else(PoisonError::into_inner).extend([caller, centre]);
    for (pair, fate) in pairs.into_iter().zip(fates) {
        let (Ok(from), Ok(to)) = pair else { return };
        let storm = storm.clone();
        thread::spawn(move || carry(from, to, fate, &storm));
    }
}

/// Carries one direction until it ends or breaks. What breaks takes the other direction with it.
#[expect(clippy::disallowed_methods, reason = "a slow line is what is made here")]
fn carry(mut from: TcpStream, mut to: TcpStream, fate: Fate, storm: &Storm) {
    let mut buffer = [0; 16 * 1024];
    let mut carried = 0;
    while let Ok(n) = from.read(&mut buffer) {
        let left = fate.breaks_after.map_or(n, |after| after.saturating_sub(carried).min(n));
        thread::sleep(fate.late);
        if n == 0 || to.write_all(&buffer[..left]).is_err() {
            break;
        }
        carried += left;
        if left < n {
            storm.broke();
            // A stream that is gone already needs no shutting.
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
