//! Who waits, and who never does.

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const MINUTE: Duration = Duration::from_secs(60);

fn at(text: &str) -> Source<'static> {
    Source::Address(text.parse().unwrap())
}

/// The nth address of many.
fn nth(n: u32) -> Source<'static> {
    Source::Address(IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n)))
}

fn is_free(sign_ins: &SignIns, username: &str, source: Source<'_>, now: Timestamp) -> bool {
    sign_ins.take(username, source, now).wait.is_none()
}

/// How many of a thousand attempts pass.
fn passing(sign_ins: &SignIns, username: &str, source: Source<'_>, now: Timestamp) -> usize {
    (0..1000).filter(|_| is_free(sign_ins, username, source, now)).count()
}

/// Guesses at an account from so many addresses that it is slowed down.
fn attack(sign_ins: &SignIns, username: &str) {
    for n in 0..100 {
        assert!(is_free(sign_ins, username, nth(n), NOW), "{n}");
    }
}

#[test]
fn the_eleventh_guess_waits_and_the_owner_does_not() {
    let sign_ins = SignIns::default();
    let (attacker, owner) = (at("192.0.2.1"), at("192.0.2.2"));
    assert!((0..10).all(|_| is_free(&sign_ins, "alice", attacker, NOW)));
    let eleventh = sign_ins.take("Alice ", attacker, NOW);
    assert_eq!(eleventh, Counted { wait: Some(30), crossed: Some("account_from_address") });
    assert_eq!(sign_ins.take("alice", attacker, NOW).crossed, None, "it is reported once");
    assert!(is_free(&sign_ins, "bob", attacker, NOW));
    assert!(is_free(&sign_ins, "alice", owner, NOW));
    assert!(is_free(&sign_ins, "alice", attacker, NOW.plus(Duration::from_secs(30))));
}

#[test]
fn one_address_cannot_try_every_username() {
    let sign_ins = SignIns::default();
    let tried = (0..200).filter(|n| is_free(&sign_ins, &format!("user{n}"), at("2001:db8::1"), NOW));
    assert_eq!(tried.count(), 100);
    assert!(!is_free(&sign_ins, "another", at("2001:db8::2"), NOW), "the same /64");
    assert!(is_free(&sign_ins, "another", at("2001:db8:0:1::1"), NOW));
    assert!(is_free(&sign_ins, "another", at("192.0.2.1"), NOW));
    assert_eq!(passing(&sign_ins, "carol", at("::ffff:192.0.2.9"), NOW), 10);
    assert_eq!(passing(&sign_ins, "carol", at("192.0.2.9"), NOW), 0, "the same address");
}

#[test]
fn what_is_given_back_was_never_taken_and_nothing_more() {
    let sign_ins = SignIns::default();
    let from = [at("192.0.2.1"), Source::Device { id: [1; 16], address: "192.0.2.1".parse().unwrap() }];
    for source in from {
        for _ in 0..2000 {
            assert!(is_free(&sign_ins, "alice", source, NOW));
            sign_ins.give_back("alice", source);
        }
        assert_eq!(passing(&sign_ins, "alice", source, NOW), 10, "a success does not forgive the failures of others");
    }
}

/// The owner's own browser is not kept out by what others do, nor does it give them anything.
#[test]
fn a_known_browser_has_a_budget_of_its_own() {
    let sign_ins = SignIns::default();
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let (own, other) = (Source::Device { id: [1; 16], address }, Source::Device { id: [2; 16], address });
    attack(&sign_ins, "alice");
    while is_free(&sign_ins, "alice", at("192.0.2.1"), NOW) {}
    assert_eq!(passing(&sign_ins, "alice", own, NOW), 10);
    assert_eq!(sign_ins.take("alice", own, NOW).wait, Some(30));
    assert_eq!(passing(&sign_ins, "alice", other, NOW), 10);
}

#[test]
fn an_account_under_attack_from_many_addresses_is_slowed_down_and_never_closed() {
    let sign_ins = SignIns::default();
    attack(&sign_ins, "alice");
    let first = sign_ins.take("alice", nth(1000), NOW);
    assert_eq!(first, Counted { wait: None, crossed: Some("account") });
    // From anywhere new: three, then one a minute.
    for n in 2000..2200 {
        assert_eq!((0..9).filter(|_| is_free(&sign_ins, "alice", nth(n), NOW)).count(), 3, "{n}");
    }
    assert_eq!(sign_ins.take("alice", nth(2000), NOW).wait, Some(60));
    assert!(is_free(&sign_ins, "alice", nth(2000), NOW.plus(MINUTE)));
    assert!(!is_free(&sign_ins, "alice", nth(2000), NOW.plus(MINUTE)));
    // Others are as they were, and when it is over, so is alice.
    assert_eq!(passing(&sign_ins, "bob", nth(3000), NOW), 10);
    assert_eq!(passing(&sign_ins, "alice", nth(3001), NOW.plus(100 * MINUTE)), 10);
}

/// Who has a /48 has 65,536 times a /64.
#[test]
fn an_account_under_attack_counts_a_site_as_one() {
    let sign_ins = SignIns::default();
    let tried = (0..2000).filter(|n| is_free(&sign_ins, "alice", at(&format!("2001:db8:0:{n:x}::1")), NOW));
    assert_eq!(tried.count(), 100);
    assert_eq!(passing(&sign_ins, "alice", at("2001:db8:1::1"), NOW), 3);
}

#[test]
fn a_client_has_room_for_all_its_people() {
    let sign_ins = SignIns::default();
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let client = Source::Client { id: "tool", address };
    assert_eq!(passing(&sign_ins, "alice", client, NOW), 10);
    let others = (0..2000).filter(|n| is_free(&sign_ins, &format!("user{n}"), client, NOW));
    assert_eq!(others.count(), 990);
    assert!(is_free(&sign_ins, "bob", Source::Client { id: "another", address }, NOW));
    assert!(is_free(&sign_ins, "bob", Source::Address(address), NOW));
    assert_eq!(passing(&sign_ins, "alice", Source::Address(address), NOW), 0, "the page counts with it");
}

/// Unknown usernames and addresses in any number: what is under attack stays counted.
#[test]
fn a_flood_forgets_no_account_under_attack() {
    let sign_ins = SignIns::default();
    let attacker = at("192.0.2.1");
    while is_free(&sign_ins, "alice", attacker, NOW) {}
    attack(&sign_ins, "bob");
    for n in 0..200_000 {
        let _ = sign_ins.take(&format!("user{n}"), nth(100_000 + n), NOW);
    }
    assert!(!is_free(&sign_ins, "alice", attacker, NOW));
    assert_eq!(passing(&sign_ins, "bob", nth(5000), NOW), 3);
}
