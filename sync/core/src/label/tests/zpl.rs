//! What a printer is sent.
