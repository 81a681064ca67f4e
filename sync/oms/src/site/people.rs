//! Operators: created, given a PIN, deactivated; from a sheet or one by one.
//!
//! A PIN is kept only as an Argon2id verifier; terminals check it without a network.

use std::collections::BTreeMap;

use aisle_core::{
    code::house,
    id::{Code, Mint},
    task::{
        rows::Rows,
        state::{Operator, Role},
    },
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use super::{ImportError, Imported, each_row, item::keep};
use crate::{
    context::Context,
    sheet::Wrong,
    store::{Result, Tx},
};

/// Columns of an operator sheet.
pub const OPERATOR_COLUMNS: [(&str, &str); 5] =
    [("badge", "badge"), ("name", "name"), ("role", "role"), ("pin", "pin"), ("language?", "language")];

/// Characters of a badge that this program makes up: 57 bits, beyond guessing at a keypad.
const BADGE_LENGTH: usize = 12;

/// A PIN: 4 digits, so that a terminal knows when it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// Takes a text as a PIN; `None` when it is not 4 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        (text.len() == 4 && digits).then(|| Self(text.to_owned()))
    }

    /// A PIN of four digits, drawn.
    #[must_use]
    pub fn draw(mint: &mut Mint) -> Self {
        Self(format!("{:04}", mint.bits() % 10_000))
    }

    /// The digits, to be shown once.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its Argon2id verifier as a PHC string.
    #[must_use]
    pub fn verifier(&self, mint: &mut Mint) -> String {
        let mut salt = [0u8; 16];
        salt[..8].copy_from_slice(&mint.bits().to_le_bytes());
        salt[8..].copy_from_slice(&mint.bits().to_le_bytes());
        Argon2::default()
            .hash_password_with_salt(self.0.as_bytes(), &salt)
            .expect("Argon2's own parameters fit a PIN and a salt of 16 bytes")
            .to_string()
    }

    /// Whether a verifier is this PIN's.
    #[must_use]
    pub fn fits(&self, verifier: &str) -> bool {
        PasswordHash::new(verifier)
            .is_ok_and(|hash| Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok())
    }
}

/// The role of a word: `picker`, `packer`, `lead`.
#[must_use]
pub fn role(word: &str) -> Option<Role> {
    match word {
        "picker" => Some(Role::Picker),
        "packer" => Some(Role::Packer),
        "lead" => Some(Role::Lead),
        _ => None,
    }
}

/// A badge that nobody has: drawn, never a staff number.
#[must_use]
pub fn draw_badge(mint: &mut Mint) -> Code<Operator> {
    loop {
        let random: Vec<u8> = (0..4).flat_map(|_| mint.bits().to_le_bytes()).collect();
        if let Some(token) = house::token(&random, BADGE_LENGTH)
            && let Ok(badge) = Code::parse(&token)
        {
            return badge;
        }
    }
}

/// Creates an operator, or changes the one with this badge.
///
/// # Errors
/// When the store fails.
pub fn put_operator(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    badge: Code<Operator>,
    name: &str,
    role: Role,
    pin: &Pin,
    language: &str,
) -> Result<()> {
    tx.keep(Operator {
        badge,
        name: name.to_owned(),
        role,
        pin_verifier: pin.verifier(context.mint),
        language: language.to_owned(),
        active: true,
    })
}

/// Gives an operator another PIN. `false` when nobody has the badge.
///
/// # Errors
/// When the store fails.
pub fn reset_pin(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    badge: &Code<Operator>,
    pin: &Pin,
) -> Result<bool> {
    let Some(mut operator) = tx.fetch::<Operator>(badge)? else { return Ok(false) };
    operator.pin_verifier = pin.verifier(context.mint);
    tx.keep(operator)?;
    Ok(true)
}

/// Makes a badge valid or not. `false` when nobody has it.
///
/// # Errors
/// When the store fails.
pub fn set_active(tx: &mut Tx<'_>, badge: &Code<Operator>, active: bool) -> Result<bool> {
    let Some(mut operator) = tx.fetch::<Operator>(badge)? else { return Ok(false) };
    operator.active = active;
    tx.keep(operator)?;
    Ok(true)
}

/// Imports operators. One whose PIN is unchanged keeps its verifier.
///
/// # Errors
/// When the file is no sheet of operators, or the store fails.
pub fn import_operators(
    tx: &mut Tx<'_>,
    context: &mut Context<'_>,
    bytes: &[u8],
    map: &BTreeMap<String, String>,
) -> std::result::Result<Imported, ImportError> {
    each_row(bytes, &OPERATOR_COLUMNS, map, |row| {
        let badge: Code<Operator> = row.parsed("badge")?;
        let word = row.needed("role")?;
        let role = role(word).ok_or_else(|| Wrong::Unreadable("role", word.to_owned()))?;
        let pin = Pin::parse(row.needed("pin")?)
            .ok_or_else(|| Wrong::Unreadable("pin", "not 4 digits".to_owned()))?;
        let known = tx.fetch::<Operator>(&badge)?;
        let verifier = match &known {
            Some(operator) if pin.fits(&operator.pin_verifier) => operator.pin_verifier.clone(),
            _ => pin.verifier(context.mint),
        };
        let language = if row.text("language").is_empty() { "en" } else { row.text("language") };
        let operator = Operator {
            badge,
            name: row.needed("name")?.to_owned(),
            role,
            pin_verifier: verifier,
            language: language.to_owned(),
            active: known.is_none_or(|operator| operator.active),
        };
        keep(tx, operator)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_fits_its_own_verifier_alone() {
        let mut mint = Mint::new([1; 32]);
        let pin = Pin::parse("4711").unwrap();
        let verifier = pin.verifier(&mut mint);
        assert!(verifier.starts_with("$argon2id$"));
        assert!(pin.fits(&verifier));
        assert!(!Pin::parse("4712").unwrap().fits(&verifier));
        assert!(!pin.fits("garbage"));
    }

    #[test]
    fn a_pin_is_four_digits() {
        for text in ["", "123", "12345", "12a4", "１２３４"] {
            assert_eq!(Pin::parse(text), None, "{text}");
        }
    }
}
