//! Any bytes as the results of a stage in the run database.
//!
//! Property: `unpack` is total, and takes only what the packer writes: every field in its shortest
//! form, with nothing behind. Budget: linear in the input; a hostile count reserves no memory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riddle_clustering::EndingClass;

fuzz_target!(|data: &[u8]| {
    let Ok(records) = riddle_engine::unpack(data) else {
        return;
    };
    let mut n_bytes = 1 + number_bytes(records.len() as u64);
    for record in &records {
        n_bytes += 1 + number_bytes(record.fuel) + number_bytes(record.memory_bytes) + 32;
        if record.ending == EndingClass::Exit {
            let code = i64::from(record.exit_code);
            let zigzag = if code < 0 { -2 * code - 1 } else { 2 * code };
            n_bytes += number_bytes(zigzag.unsigned_abs());
        } else {
            assert_eq!(record.exit_code, 0);
        }
    }
    assert_eq!(n_bytes, data.len());
});

/// Length of the shortest LEB128 form.
fn number_bytes(number: u64) -> usize {
    let n_bits = (u64::BITS - number.leading_zeros()).max(1) as usize;
    n_bits.div_ceil(7)
}
