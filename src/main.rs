//! The thin binary.

fn main() {
    std::process::exit(vestibule::cli::main());
}
