//! Proving a PIN against the verifier that the roster carries, without a network.

use argon2::{
    Argon2,
    password_hash::{PasswordVerifier, phc::PasswordHash},
};

/// Whether the PIN fits the verifier (an Argon2id PHC string). A verifier that cannot be read fits nothing.
#[must_use]
pub fn fits(verifier: &str, pin: &str) -> bool {
    PasswordHash::new(verifier)
        .is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordHasher;

    #[test]
    fn only_the_right_pin_fits() {
        let verifier =
            Argon2::default().hash_password_with_salt(b"4711", b"0123456789abcdef").unwrap().to_string();
        assert!(fits(&verifier, "4711"));
        assert!(!fits(&verifier, "4712"));
        assert!(!fits("no verifier at all", "4711"));
    }
}
