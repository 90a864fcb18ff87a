//! The store alone, and under processes that are killed while they write.

use std::process::{Command, Stdio};

use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn what_was_put_comes_back() {
    let (_folder, store) = store();
    let key = Digest::of(b"k");
    assert_eq!(store.get(&key).unwrap(), None);
    store.put(&key, b"payload");
    assert_eq!(store.get(&key).unwrap().as_deref(), Some(&b"payload"[..]));
}

#[test]
fn an_empty_payload_is_an_entry() {
    let (_folder, store) = store();
    let key = Digest::of(b"k");
    store.put(&key, b"");
    assert_eq!(store.get(&key).unwrap().as_deref(), Some(&b""[..]));
}

#[test]
fn every_flipped_byte_and_every_cut_is_detected_and_removed() {
    let (_folder, store) = store();
    let key = Digest::of(b"k");
    store.put(&key, b"abc");
    let path = store.path(&key);
    let whole = fs_err::read(&path).unwrap();
    let mut n_bad = 0;
    for index in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[index] ^= 1;
        for bad in [&flipped[..], &whole[..index]] {
            fs_err::write(&path, bad).unwrap();
            assert_eq!(store.get(&key).unwrap(), None, "byte {index}");
            assert!(!path.exists());
            n_bad += 1;
        }
    }
    assert_eq!(store.stats().n_corrupt, n_bad);
}

#[test]
fn an_entry_under_another_name_is_refused() {
    let (_folder, store) = store();
    let (one, other) = (Digest::of(b"1"), Digest::of(b"2"));
    store.put(&one, b"abc");
    fs_err::create_dir_all(store.path(&other).parent().unwrap()).unwrap();
    fs_err::copy(store.path(&one), store.path(&other)).unwrap();
    assert_eq!(store.get(&other).unwrap(), None);
}

#[test]
fn an_entry_of_another_cache_is_refused() {
    let ((_a, ours), (_b, theirs)) = (store(), store());
    let key = Digest::of(b"k");
    theirs.put(&key, b"abc");
    fs_err::create_dir_all(ours.path(&key).parent().unwrap()).unwrap();
    fs_err::copy(theirs.path(&key), ours.path(&key)).unwrap();
    assert_eq!(ours.get(&key).unwrap(), None);
}

#[test]
fn an_unwritable_entry_is_counted_and_no_fault() {
    let (_folder, store) = store();
    let key = Digest::of(b"k");
    // A file where the entry's folder should be.
    fs_err::write(store.path(&key).parent().unwrap(), b"").unwrap();
    store.put(&key, b"abc");
    assert_eq!(store.stats().n_unwritten, 1);
}

#[test]
fn pruning_leaves_at_most_the_bound() {
    let (_folder, store) = store();
    for index in 0..10u8 {
        store.put(&Digest::of(&[index]), &[0; 68]);
    }
    assert_eq!(store.prune(550).unwrap(), 500);
    assert_eq!(store.prune(550).unwrap(), 0);
}

#[expect(clippy::disallowed_methods, reason = "the store compares with it")]
fn set_age(path: &Path, age: Duration) -> SystemTime {
    let time = SystemTime::now() - age;
    let file = fs_err::File::options().write(true).open(path).unwrap();
    file.file().set_modified(time).unwrap();
    time
}

#[test]
fn the_entry_whose_use_lies_furthest_back_goes_first() {
    let (_folder, store) = store();
    let [one, other] = [b"1", b"2"].map(|it| Digest::of(it));
    for (key, days) in [(one, 3), (other, 2)] {
        store.put(&key, b"abc");
        set_age(&store.path(&key), Duration::from_hours(24 * days));
    }
    assert!(store.get(&one).unwrap().is_some());
    assert_eq!(store.prune(40).unwrap(), 35);
    assert!(store.get(&one).unwrap().is_some());
    assert!(store.get(&other).unwrap().is_none());
}

#[test]
fn an_entry_in_steady_use_is_not_written_to_each_time() {
    let (_folder, store) = store();
    let key = Digest::of(b"k");
    store.put(&key, b"abc");
    let path = store.path(&key);
    let modified = || fs_err::metadata(&path).unwrap().modified().unwrap();
    let time = set_age(&path, USE_RESOLUTION / 2);
    store.get(&key).unwrap();
    assert_eq!(modified(), time);
    let time = set_age(&path, USE_RESOLUTION * 2);
    store.get(&key).unwrap();
    assert!(modified() > time + USE_RESOLUTION);
}

#[test]
fn what_was_abandoned_is_removed_and_other_files_are_not() {
    let (_folder, store) = store();
    let key = Digest::of(b"k");
    store.put(&key, b"abc");
    let folder = store.path(&key).parent().unwrap().to_owned();
    let files = [
        (folder.join(".partial-old"), ABANDONED_AFTER * 2, false),
        (
            store.folder.join(".partial-old"),
            ABANDONED_AFTER * 2,
            false,
        ),
        (folder.join(".partial-new"), ABANDONED_AFTER / 2, true),
        (folder.join("notes.txt"), ABANDONED_AFTER * 2, true),
        // An entry's name in a folder where none is looked for.
        (
            store.folder.join(key.to_string()),
            ABANDONED_AFTER * 2,
            true,
        ),
    ];
    for (path, age, _) in &files {
        fs_err::write(path, b"abc").unwrap();
        set_age(path, *age);
    }
    assert_eq!(store.prune(0).unwrap(), 35);
    for (path, _, stays) in &files {
        assert_eq!(path.exists(), *stays, "{}", path.display());
    }
    assert!(store.folder.join("key").exists());
}

#[test]
fn the_store_is_looked_through_when_that_is_due() {
    let (folder, store) = store();
    for index in 0..10u8 {
        store.put(&Digest::of(&[index]), &[0; 68]);
    }
    let n_left = || {
        (0..10u8)
            .filter(|it| store.path(&Digest::of(&[*it])).exists())
            .count()
    };
    // Nothing was written by this process.
    Store::open(folder.path())
        .unwrap()
        .prune_when_due(0)
        .unwrap();
    assert_eq!(n_left(), 10);
    // Little was written, and nobody has looked before; then somebody has, a moment ago.
    let writer = || {
        let writer = Store::open(folder.path()).unwrap();
        writer.put(&Digest::of(&[0]), &[]);
        writer
    };
    writer().prune_when_due(850).unwrap();
    assert_eq!(n_left(), 9);
    writer().prune_when_due(700).unwrap();
    assert_eq!(n_left(), 9);
    set_age(&store.folder.join(PRUNED), PRUNE_INTERVAL * 2);
    writer().prune_when_due(700).unwrap();
    assert_eq!(n_left(), 7);
    // Much was written.
    store.prune_when_due(500).unwrap();
    assert_eq!(n_left(), 5);
}

#[test]
fn all_who_open_a_new_store_at_once_agree_on_its_secret() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let start = std::sync::Barrier::new(4);
        let secrets: Vec<_> = std::thread::scope(|scope| {
            let open = || {
                start.wait();
                Store::open(folder.path()).unwrap().secret
            };
            let others: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            others.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert!(secrets.windows(2).all(|it| it[0] == it[1]));
    }
}

/// The entries that a child writes, over and over; the bytes of each are its index.
const N_CHILD_ENTRIES: u8 = 16;
const CHILD_ENTRY_BYTES: usize = 1 << 20;
/// Tells this test's own program that it is the child, and where it writes.
const CHILD_FOLDER: &str = "RIDDLE_TEST_STORE_CHILD";

#[test]
fn a_process_killed_while_it_writes_leaves_whole_entries_or_none() {
    if let Some(folder) = std::env::var_os(CHILD_FOLDER) {
        let store = Store::open(Path::new(&folder)).unwrap();
        loop {
            for index in 0..N_CHILD_ENTRIES {
                store.put(&Digest::of(&[index]), &vec![index; CHILD_ENTRY_BYTES]);
            }
        }
    }
    let (folder, store) = store();
    let name = "a_process_killed_while_it_writes_leaves_whole_entries_or_none";
    for kill in 0..10 {
        let children = [(); 2].map(|()| {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", &format!("store::tests::{name}")]);
            child.env(CHILD_FOLDER, folder.path()).stdout(Stdio::null());
            child.spawn().unwrap()
        });
        // They are in the middle of it when the last entry is there, and at another place each time.
        let last = store.path(&Digest::of(&[N_CHILD_ENTRIES - 1]));
        while !last.exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(700 * kill));
        for mut child in children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for index in 0..N_CHILD_ENTRIES {
            let entry = store.get(&Digest::of(&[index])).unwrap();
            assert_eq!(entry, Some(vec![index; CHILD_ENTRY_BYTES]));
        }
        remove(&last).unwrap();
    }
    assert_eq!(store.stats().n_corrupt, 0);
    // What they left behind is found once it is old.
    let mut n_abandoned = 0;
    for index in 0..N_CHILD_ENTRIES {
        let path = store.path(&Digest::of(&[index]));
        for file in fs_err::read_dir(path.parent().unwrap()).unwrap() {
            let path = file.unwrap().path();
            if path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(PARTIAL)
            {
                set_age(&path, ABANDONED_AFTER * 2);
                n_abandoned += 1;
            }
        }
    }
    assert!(n_abandoned > 0, "no child was killed while it wrote");
    let n_entries = u64::from(N_CHILD_ENTRIES);
    store.prune(0).unwrap();
    let left = fs_err::read_dir(&store.folder).unwrap().flat_map(|it| {
        let path = it.unwrap().path();
        path.is_dir()
            .then(|| fs_err::read_dir(path).unwrap())
            .into_iter()
            .flatten()
    });
    assert_eq!(
        left.count(),
        0,
        "of {n_entries} entries and {n_abandoned} partial ones"
    );
}
