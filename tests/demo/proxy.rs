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

/// A forwarder from its own port to the centre's, which may move.
pub struct Proxy {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    target: Arc<Mutex<SocketAddr>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// Listens on a free loopback port and forwards to `target`.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
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
                let to = *target.lock().unwrap_or_else(PoisonError::into_inner);
                if let Ok(centre) = TcpStream::connect(to) {
                    forward(caller, centre, &open);
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

fn forward(caller: TcpStream, centre: TcpStream, open: &Mutex<Vec<TcpStream>>) {
    let pairs = [(caller.try_clone(), centre.try_clone()), (centre.try_clone(), caller.try_clone())];
    open.lock().unwrap_or_else(PoisonError::into_inner).extend([caller, centre]);
    for pair in pairs {
        let (Ok(mut from), Ok(mut to)) = pair else { return };
        thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(n) = from.read(&mut buffer) {
                if n == 0 || to.write_all(&buffer[..n]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}
