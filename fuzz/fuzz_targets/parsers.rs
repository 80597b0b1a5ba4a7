//! Every parser that meets bytes from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod promises;

fuzz_target!(|data: &[u8]| promises::hold(data));
