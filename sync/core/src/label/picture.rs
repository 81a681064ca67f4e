//! A bitmap as a PNG file: one bit a dot, with the resolution, so that it prints at its true size.
//!
//! Rows are deflated as stored blocks: a preview is small, and this needs no encoder (PNG specification 5,
//! 10; RFC 1950, 1951).

use super::measure::Dpi;
use super::raster::Bitmap;

/// The most bytes of one stored block.
const BLOCK: usize = 65_535;

impl Bitmap {
    /// The bytes of a PNG file.
    pub fn png(&self, dpi: Dpi) -> Vec<u8> {
        let mut file = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];
        let mut head = Vec::new();
        head.extend((self.width() as u32).to_be_bytes());
        head.extend((self.height() as u32).to_be_bytes());
        head.extend([1, 0, 0, 0, 0]);
        chunk(&mut file, b"IHDR", &head);
        let per_metre = (u32::from(dpi.per_254mm()) * 1000 + 127) / 254;
        let mut size = Vec::new();
        size.extend(per_metre.to_be_bytes());
        size.extend(per_metre.to_be_bytes());
        size.push(1);
        chunk(&mut file, b"pHYs", &size);
        let mut rows = Vec::with_capacity(self.bytes().len() + self.height());
        for row in self.bytes().chunks(self.stride().max(1)) {
            rows.push(0);
            rows.extend(row.iter().map(|byte| !byte));
        }
        chunk(&mut file, b"IDAT", &stored(&rows));
        chunk(&mut file, b"IEND", &[]);
        file
    }
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let sum = crc32(file.get(start..).unwrap_or_default());
    file.extend(sum.to_be_bytes());
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let last = data.len().div_ceil(BLOCK).saturating_sub(1);
    for (at, block) in data.chunks(BLOCK).enumerate() {
        let length = block.len() as u16;
        out.push(u8::from(at == last));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(adler32(data).to_be_bytes());
    out
}

fn adler32(data: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

fn crc32(data: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in data {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_decoder_reads_the_same_dots() {
        let mut bitmap = Bitmap::new(1_501, 700);
        for y in 0..700 {
            bitmap.span(y * 2, y * 2 + 9, y, true);
        }
        let file = bitmap.png(Dpi::D203);
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut dots = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut dots).unwrap();
        assert_eq!(dots, bitmap.grey8());
    }
}
