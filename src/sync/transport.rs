//! HTTP on its own thread: carries out the engine's calls and hands the answers back.
//!
//! Two lanes, so that a feed call the centre holds open never delays an upload. Bodies are JSON, compressed
//! with zstd; nothing larger than the protocol's limit is read.

use std::{io::Read, sync::Arc, thread, time::Duration};

use aisle_core::wire::v1::{BODY_MAX_BYTES, LONG_POLL_S};
use serde::{Serialize, de::DeserializeOwned};

use super::engine::{Effect, Event, NetError};

/// Without a byte for this long a call is given up, in seconds.
const STALL_S: u64 = 10;
/// How long to wait for a connection, in seconds.
const CONNECT_S: u64 = 5;
/// A snapshot page may hold many rows: bodies to the terminal may grow to this, decompressed.
const ANSWER_MAX_BYTES: u64 = 16 * BODY_MAX_BYTES as u64;

/// Where the centre is and who asks.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `http://host:port`, without a slash at the end.
    pub centre: String,
    /// The bearer token.
    pub token: String,
}

/// The network's thread.
#[derive(Debug)]
pub struct Transport {
    calls: tokio::sync::mpsc::UnboundedSender<Effect>,
}

impl Transport {
    /// Starts the thread. Each answer is handed to `deliver`, from that thread.
    ///
    /// # Errors
    /// When the thread or its runtime cannot be made.
    pub fn start(endpoint: Endpoint, deliver: Arc<dyn Fn(Event) + Send + Sync>) -> std::io::Result<Self> {
        let (calls, mut inbox) = tokio::sync::mpsc::unbounded_channel::<Effect>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = client().map_err(std::io::Error::other)?;
        thread::Builder::new().name("network".into()).spawn(move || {
            runtime.block_on(async move {
                while let Some(call) = inbox.recv().await {
                    let (client, endpoint, deliver) = (client.clone(), endpoint.clone(), deliver.clone());
                    tokio::spawn(async move {
                        if let Some(event) = carry_out(&client, &endpoint, call).await {
                            deliver(event);
                        }
                    });
                }
            });
        })?;
        Ok(Self { calls })
    }

    /// Carries out a call; effects that are no call are ignored.
    pub fn call(&self, effect: Effect) {
        // The receiver lives as long as its thread, which ends only with this sender.
        let _ = self.calls.send(effect);
    }
}

fn client() -> Result<reqwest::Client, reqwest::Error> {
    // A provider may be installed already; either way one is.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(CONNECT_S))
        .pool_idle_timeout(Duration::from_secs(60))
        .no_proxy()
        .build()
}

async fn carry_out(client: &reqwest::Client, endpoint: &Endpoint, call: Effect) -> Option<Event> {
    let Endpoint { centre, token } = endpoint;
    match call {
        Effect::Upload(batch) => {
            let request = post(client, format!("{centre}/v1/terminal/ops"), token, &batch)?;
            Some(Event::Uploaded(answer(request, STALL_S).await))
        }
        Effect::Salvage(salvage) => {
            let request = post(client, format!("{centre}/v1/terminal/salvage"), token, &salvage)?;
            Some(Event::Salvaged(answer(request, STALL_S).await))
        }
        Effect::Feed { epoch, cursor, wait_s } => {
            let request = client
                .get(format!("{centre}/v1/terminal/feed?epoch={epoch}&cursor={cursor}&wait_s={wait_s}"))
                .bearer_auth(token);
            Some(Event::Fed(answer(request, STALL_S + wait_s.min(LONG_POLL_S)).await))
        }
        Effect::Snapshot { after } => {
            let request = client.get(format!("{centre}/v1/terminal/snapshot")).bearer_auth(token);
            let request = match after {
                Some(after) => request.header("aisle-after", after),
                None => request,
            };
            Some(Event::Snapped(answer(request, STALL_S).await))
        }
        Effect::WakeAt(_) | Effect::RowsChanged | Effect::Answered(_) => None,
    }
}

fn post<T: Serialize>(
    client: &reqwest::Client,
    url: String,
    token: &str,
    body: &T,
) -> Option<reqwest::RequestBuilder> {
    let json = serde_json::to_vec(body).ok()?;
    let body = zstd::encode_all(json.as_slice(), 3).ok()?;
    let request = client.post(url).bearer_auth(token).body(body);
    Some(request.header("content-type", "application/json").header("content-encoding", "zstd"))
}

async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder, stall_s: u64) -> Result<T, NetError> {
    let unreachable = |e: reqwest::Error| NetError::Unreachable(e.without_url().to_string());
    let stall = Duration::from_secs(stall_s);
    let request = request.header("accept-encoding", "zstd");
    let timed = |_| NetError::Unreachable("no answer in time".to_owned());
    let mut response =
        tokio::time::timeout(stall, request.send()).await.map_err(timed)?.map_err(unreachable)?;
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let retry_after = header("retry-after").and_then(|s| s.parse::<u64>().ok());
    let packed = header("content-encoding").as_deref() == Some("zstd");
    match status {
        200 => {}
        401 | 403 => return Err(NetError::Unauthorized),
        410 => return Err(NetError::SnapshotRequired),
        429 | 503 => return Err(NetError::Busy { after_ms: retry_after.map(|s| s.saturating_mul(1000)) }),
        other => return Err(NetError::Garbled(format!("status {other}"))),
    }
    let mut body = Vec::new();
    while let Some(chunk) =
        tokio::time::timeout(stall, response.chunk()).await.map_err(timed)?.map_err(unreachable)?
    {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > ANSWER_MAX_BYTES {
            return Err(NetError::Garbled("the answer is too large".to_owned()));
        }
    }
    decode(&body, packed)
}

/// Reads an answer's body, compressed or not, within the size limit.
///
/// # Errors
/// [`NetError::Garbled`] for anything that is not the JSON of a `T`.
pub fn decode<T: DeserializeOwned>(body: &[u8], packed: bool) -> Result<T, NetError> {
    let garbled = |e: &dyn std::fmt::Display| NetError::Garbled(e.to_string());
    if !packed {
        return serde_json::from_slice(body).map_err(|e| garbled(&e));
    }
    let unpacker = zstd::Decoder::new(body).map_err(|e| garbled(&e))?;
    let mut plain = Vec::new();
    unpacker.take(ANSWER_MAX_BYTES).read_to_end(&mut plain).map_err(|e| garbled(&e))?;
    serde_json::from_slice(&plain).map_err(|e| garbled(&e))
}
