//! Bad luck: whatever happens, the next `up` converges by itself and no committed order is lost.

mod crash_loop;
mod damaged_state;
mod full_disk;
mod random_moments;
mod stale_numbers;
mod trade;
mod victim;
