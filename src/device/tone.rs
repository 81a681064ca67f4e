//! Short tones as WAV bytes: 16 bit, mono. Pitches and lengths enter, a file's bytes leave.

/// Samples a second.
pub const RATE: u32 = 22_050;
/// How long a tone swells and fades, in milliseconds: without it, it clicks.
const EDGE_MS: u32 = 4;

/// Tones in a row, each as a pitch in hertz (0 for a pause) and a length in milliseconds.
#[must_use]
pub fn wav(tones: &[(u16, u16)]) -> Vec<u8> {
    let samples: Vec<i16> = tones.iter().flat_map(|(hz, ms)| tone(*hz, *ms)).collect();
    let data = u32::try_from(samples.len() * 2).unwrap_or(0);
    let mut bytes = Vec::with_capacity(44 + samples.len() * 2);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 2).to_le_bytes());
    bytes.extend(2u16.to_le_bytes());
    bytes.extend(16u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    samples.iter().for_each(|sample| bytes.extend(sample.to_le_bytes()));
    bytes
}

fn tone(hz: u16, ms: u16) -> impl Iterator<Item = i16> {
    let count = RATE * u32::from(ms) / 1_000;
    let edge = (RATE * EDGE_MS / 1_000).max(1);
    (0..count).map(move |n| {
        let near = n.min(count - 1 - n).min(edge);
        let swell = near as f32 / edge as f32;
        let turn = n as f32 * f32::from(hz) / RATE as f32;
        ((turn * std::f32::consts::TAU).sin() * swell * 30_000.0) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_a_whole_wav_file_of_its_length() {
        let bytes = wav(&[(2_000, 60), (0, 40)]);
        assert_eq!(&bytes[..4], b"RIFF");
        let data = u32::from_le_bytes([bytes[40], bytes[41], bytes[42], bytes[43]]);
        assert_eq!(usize::try_from(data).unwrap() + 44, bytes.len());
        assert_eq!(data / 2, RATE / 10);
        assert!(bytes[44..].chunks(2).any(|s| i16::from_le_bytes([s[0], s[1]]).abs() > 20_000));
    }
}
