use super::*;

fn hasher(iterations: u32) -> Hasher {
    let params = Params::new(64, iterations, 1, Some(32)).unwrap();
    Hasher::new(params, format!("$argon2id$v=19$m=64,t={iterations},p=1$"))
}

#[test]
fn a_hash_is_what_the_library_makes_and_accepts() {
    use argon2::PasswordVerifier;
    use argon2::password_hash::PasswordHasher;
    let (hasher, mut memory) = (hasher(2), Memory::new());
    let (password, salt) = (Secret::new("correct horse"), [7; 16]);
    let ours = hasher.hash(&password, &salt, &mut memory);
    let theirs = Argon2::new(Algorithm::Argon2id, Version::V0x13, hasher.params.clone());
    assert_eq!(ours, theirs.hash_password_with_salt(b"correct horse", &salt).unwrap().to_string());
    assert!(theirs.verify_password(b"correct horse", &PasswordHash::new(&ours).unwrap()).is_ok());
    assert!(ours.starts_with(&hasher.prefix));
}

#[test]
fn a_request_pays_for_its_hash_on_another_thread() {
    let config = Passwords { hash_slots: 1, queue: 1, memory_kib: 64, iterations: 50 };
    let pool = PasswordPool::new(&config).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let before = thread_cpu();
    let (hash, cost) = runtime.block_on(crate::metrics::metered(pool.hash(Secret::new("x"), [1; 16])));
    let own = thread_cpu().saturating_sub(before);
    assert!(hash.is_ok() && cost.cpu > own, "{cost:?} is no more than {own:?} of this thread");
    assert_eq!(pool.metrics.seconds.count(), 1);
    // The answer goes out a moment before the thread is free again.
    while pool.metrics.running.get() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn memory_that_was_used_before_changes_no_verdict() {
    let (weak, strong, mut memory) = (hasher(2), hasher(3), Memory::new());
    let (right, wrong) = (Secret::new("right"), Secret::new("wrong"));
    let stored = weak.hash(&right, &[1; 16], &mut memory);
    for _ in 0..3 {
        assert_eq!(weak.verify(&right, Some(&stored), &[2; 16], &mut memory), Verdict::Right);
        assert_eq!(weak.verify(&wrong, Some(&stored), &[2; 16], &mut memory), Verdict::Wrong);
        assert_eq!(weak.verify(&right, None, &[2; 16], &mut memory), Verdict::Wrong);
        assert_eq!(weak.verify(&right, Some("not a hash"), &[2; 16], &mut memory), Verdict::Wrong);
        let Verdict::Rehashed(new) = strong.verify(&right, Some(&stored), &[2; 16], &mut memory) else {
            panic!("it has older parameters");
        };
        assert_eq!(strong.verify(&right, Some(&new), &[3; 16], &mut memory), Verdict::Right);
    }
}
