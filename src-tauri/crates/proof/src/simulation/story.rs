//! What happens around the till in one seed: who presses what, and when clocks, lines and power fail.

use crate::simulation::chance::Dice;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Charge {
        sale: usize,
    },
    /// The same sale pressed twice at once.
    PressTwice {
        sale: usize,
    },
    CheckNow {
        nth: usize,
    },
    SetAside {
        nth: usize,
    },
    SettleOtherwise {
        nth: usize,
    },
    LineDown,
    LineUp,
    SetClock {
        by_ms: i64,
    },
    /// Somebody sets the clock right.
    CorrectClock,
    /// Another zone or cut-off hour is set, by its place in [`ZONES`].
    SetZone {
        nth: usize,
    },
    /// The machine sleeps. On some systems the clock that nobody can set stands still meanwhile.
    Sleep {
        ms: i64,
        stands_still: bool,
    },
    Restart {
        after_ms: i64,
    },
    CloseDay,
}

/// Zones and cut-off hours that a shop may set: east and west of Lomé, and with a day that changes in daylight.
pub const ZONES: [(&str, u8); 6] = [
    ("Africa/Lome", 0),
    ("Africa/Lome", 4),
    ("Pacific/Kiritimati", 0),
    ("America/New_York", 0),
    ("Europe/Paris", 3),
    ("Asia/Kolkata", 15),
];

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 1_440 * MINUTE_MS;

/// A sale as typed.
#[derive(Debug, Clone)]
pub struct Sale {
    pub intent: String,
    pub amount: i64,
    pub phone: String,
    /// The cashier insists when asked about an unresolved payment of the same number.
    pub insists: bool,
}

/// A seed's whole story.
pub struct Story {
    pub sales: Vec<Sale>,
    /// How long after the one before, and what.
    pub acts: Vec<(i64, Act)>,
    /// For each life, the call at which its power goes.
    pub deaths: Vec<Option<u64>>,
}

impl Story {
    pub fn of(dice: &mut Dice) -> Self {
        let count = dice.between(1, 3);
        let sales: Vec<Sale> = (0..count)
            .map(|n| Sale {
                intent: format!("sale-{n}"),
                amount: dice.between(100, 900_000),
                phone: format!("9{}123456", dice.between(0, 1)),
                insists: dice.percent(60),
            })
            .collect();
        let mut acts = Vec::new();
        for sale in 0..sales.len() {
            let pause = dice.between(0, 20_000);
            let act = if dice.percent(25) { Act::PressTwice { sale } } else { Act::Charge { sale } };
            acts.push((pause, act));
            for _ in 0..dice.between(0, 3) {
                let pause = dice.between(0, 15_000);
                acts.push((pause, Self::act(dice, sale)));
            }
        }
        let deaths = (0..2).map(|_| dice.percent(45).then(|| dice.roll() % 90 + 1)).collect();
        Self { sales, acts, deaths }
    }

    /// By minutes, hours, weeks or years, either way.
    fn leap_ms(dice: &mut Dice) -> i64 {
        match dice.between(1, 100) {
            ..=25 => dice.between(-15 * MINUTE_MS, 15 * MINUTE_MS),
            26..=55 => dice.between(-40_000_000, 40_000_000),
            56..=75 => dice.between(-60 * DAY_MS, 60 * DAY_MS),
            _ => dice.between(-3_652 * DAY_MS, 3_652 * DAY_MS),
        }
    }

    fn act(dice: &mut Dice, sale: usize) -> Act {
        let nth = usize::try_from(dice.between(0, 2)).unwrap_or(0);
        match dice.between(1, 100) {
            ..=26 => Act::CheckNow { nth },
            27..=36 => Act::SetAside { nth },
            37..=46 => Act::SettleOtherwise { nth },
            47..=54 => Act::LineDown,
            55..=64 => Act::LineUp,
            65..=72 => Act::SetClock { by_ms: Self::leap_ms(dice) },
            73..=75 => Act::CorrectClock,
            76..=77 => Act::SetZone { nth: usize::try_from(dice.between(0, 5)).unwrap_or(0) },
            78..=82 => Act::Sleep { ms: dice.between(60_000, 30_000_000), stands_still: dice.percent(50) },
            83..=90 => Act::Restart { after_ms: dice.between(200, 4_000) },
            91..=96 => Act::PressTwice { sale },
            _ => Act::CloseDay,
        }
    }
}
