//! The power goes between any two things that the disk is told. A morning on the real ledger is recorded; at every point
//! of it images of the disk are built by the model in [`disk`], and each is opened by the real ledger again: everything that
//! was promised before the cut is there, and nothing is damaged.
//!
//! The same with devices that forget their syncs tests the tester: it must find what they lose. A cut that breaks
//! something replays by its number.

mod check;
mod disk;
mod recorder;

use crate::morning::{self, Morning};
use crate::simulation::chance::Dice;
use crate::stage::{runtime, workplace};
use check::Broken;
use disk::{Device, Disk, Image};
use recorder::{Deed, Recorder};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};

/// The self-test needs fewer: a device that forgets loses at almost every point.
const FAULTY_PART: u64 = 10;

/// One cut: its number, how much the disk had been told, what is found.
struct Cut {
    number: u64,
    done: usize,
    image: Image,
}

/// What was found in all of them.
#[derive(Default)]
struct Found {
    lost: Vec<(u64, String)>,
    damaged: Vec<(u64, String)>,
}

/// Cuts the power so many times, at every point unless said, or this once; prints what was lost, and how to replay it.
pub fn run(images: Option<u64>, only: Option<u64>) -> bool {
    let recorder = Recorder::install();
    let place = workplace();
    let folder = place.path().join("morning");
    std::fs::create_dir(&folder).unwrap();
    recorder.watch(&folder);
    let morning = runtime().block_on(morning::live(&|| recorder.len(), &folder, morning::SALES));
    let deeds = recorder.take();
    let commits: BTreeSet<usize> = morning.promises.iter().map(|(after, _)| *after).collect();
    let (commits, points) = (commits.len(), deeds.len());
    let images = images.unwrap_or(points as u64);

    let found = cut(&morning, &deeds, Device::Honest, place.path(), images, only);
    for (number, what) in found.lost.iter().chain(&found.damaged).take(5) {
        println!("cut {number}: {what}");
        println!("replay: cargo xtask proof power-cuts --images {images} --image {number}");
    }
    println!(
        "FIGURE power cuts | {} images, {points} points of {commits} commits | {} acknowledged commits lost, {} damaged",
        only.map_or(images, |_| 1),
        found.lost.len(),
        found.damaged.len()
    );
    let mut holds = found.lost.is_empty() && found.damaged.is_empty();
    if only.is_none() {
        for (device, name) in
            [(Device::IgnoresSyncs, "syncs ignored"), (Device::ForgetsTheLog, "syncs of the log ignored")]
        {
            let images = images / FAULTY_PART;
            let found = cut(&morning, &deeds, device, place.path(), images, None);
            println!(
                "FIGURE power cuts, {name} | {images} images | {} lost, {} damaged (as it must)",
                found.lost.len(),
                found.damaged.len()
            );
            holds &= !found.lost.is_empty();
        }
    }
    holds
}

/// Builds the images in order, and has them opened on every core.
fn cut(
    morning: &Morning,
    deeds: &[Deed],
    device: Device,
    place: &Path,
    images: u64,
    only: Option<u64>,
) -> Found {
    let found = Mutex::new(Found::default());
    let (sender, receiver) = sync_channel::<Cut>(8);
    let receiver = Mutex::new(receiver);
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8) * 2;
    std::thread::scope(|scope| {
        for core in 0..cores {
            let (found, receiver) = (&found, &receiver);
            let folder = place.join(format!("cut-{core}"));
            scope.spawn(move || open_each(receiver, morning, &folder, found, only.is_some()));
        }
        let mut disk = Disk::new(device);
        let mut done = 0;
        for number in 0..images {
            let until = point(number, images, deeds.len());
            deeds[done..until].iter().for_each(|deed| disk.perform(deed));
            done = until;
            if only.is_none_or(|only| only == number) {
                let image = disk.image(&mut Dice::new(number));
                if sender.send(Cut { number, done, image }).is_err() {
                    break;
                }
            }
        }
        drop(sender);
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.lost.sort();
    found.damaged.sort();
    found
}

/// After how many deeds the power goes: the cuts are spread over all points, the last one included.
fn point(number: u64, images: u64, points: usize) -> usize {
    let (number, images, points) = (u128::from(number), u128::from(images), points as u128);
    usize::try_from((number * points / images + 1).min(points)).unwrap_or(0)
}

fn open_each(
    receiver: &Mutex<Receiver<Cut>>,
    morning: &Morning,
    folder: &Path,
    found: &Mutex<Found>,
    tells: bool,
) {
    let runtime = runtime();
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Cut { number, done, image }) = next else { return };
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir(folder).unwrap();
        for (name, content) in &image {
            std::fs::write(folder.join(name), content).unwrap();
            if tells {
                println!("{name}: {} bytes", content.len());
            }
        }
        let held = runtime.block_on(check::hold(folder, morning, done));
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        match held {
            Ok(()) => {}
            Err(Broken::Lost(what)) => found.lost.push((number, what)),
            Err(Broken::Damaged(what)) => found.damaged.push((number, what)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::point;

    #[test]
    fn every_point_is_cut_when_there_are_as_many_images() {
        let points: Vec<usize> = (0..7).map(|number| point(number, 7, 7)).collect();
        assert_eq!(points, [1, 2, 3, 4, 5, 6, 7]);
        assert!((0..20).map(|number| point(number, 20, 7)).all(|point| (1..=7).contains(&point)));
    }
}
