//! What of each file has reached the platter, and what is left of it when the power goes.

/// What a disk writes at once.
const SECTOR: usize = 512;

/// What happens to unsynced writes when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// All of them reached the disk: the program died, not the power.
    Kept,
    /// None did.
    Lost,
    /// The first of them did, the last of those in part.
    Torn,
    /// Any of them did, whatever came before.
    Reordered,
}

impl Cut {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kept, Self::Lost, Self::Torn, Self::Reordered];
}

/// A write that no sync has followed.
#[derive(Debug)]
pub enum Write {
    At(usize, Vec<u8>),
    Truncate(usize),
}

impl Write {
    /// Makes it.
    pub fn on(&self, file: &mut Vec<u8>) {
        match self {
            Self::At(offset, bytes) => {
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
            Self::Truncate(size) => file.truncate(*size),
        }
    }
}

/// What the disk has of a file.
#[derive(Debug, Default)]
pub struct Image {
    pub inode: u64,
    pub durable: Vec<u8>,
    pub unsynced: Vec<Write>,
}

/// The next of a run of numbers.
pub fn roll(luck: &mut u64) -> u64 {
    *luck ^= *luck << 13;
    *luck ^= *luck >> 7;
    *luck ^= *luck << 17;
    *luck
}

/// What is left of a file when the power goes.
pub fn settle(image: Image, cut: Cut, luck: &mut u64) -> Vec<u8> {
    let Image { mut durable, unsynced, .. } = image;
    let count = unsynced.len() as u64;
    let whole = match cut {
        Cut::Kept => count,
        Cut::Lost => 0,
        Cut::Torn => roll(luck) % (count + 1),
        Cut::Reordered => 0,
    };
    for (number, write) in (0u64..).zip(&unsynced) {
        if number < whole || (cut == Cut::Reordered && roll(luck).is_multiple_of(2)) {
            write.on(&mut durable);
        } else if cut == Cut::Torn
            && number == whole
            && let Write::At(offset, bytes) = write
        {
            let sectors = bytes.len().div_ceil(SECTOR) as u64;
            let kept = usize::try_from(roll(luck) % (sectors + 1)).unwrap_or(0) * SECTOR;
            Write::At(*offset, bytes[..kept.min(bytes.len())].to_vec()).on(&mut durable);
        }
    }
    durable
}
