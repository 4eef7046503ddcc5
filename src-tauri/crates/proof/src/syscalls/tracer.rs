//! A child under ptrace: every call that counts, in the order in which all its threads together make them, and a fault put
//! into one of them.
//!
//! Why not strace: it counts the calls of each thread for itself, and the till's SQLite works on several threads, so that
//! many calls have no number of their own there. Here the Nth write of a file is its Nth, whoever writes.

use crate::syscalls::ask::Aim;
use crate::syscalls::call::Call;
use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What happens at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// The process ends before the call is made.
    Kill,
    /// The call is not made and answers this.
    Answer(Errno),
    /// Nor is any later one that counts.
    AnswerFromHere(Errno),
}

/// Where a fault goes, of the calls that `counts` chooses; nowhere without an aim.
pub struct Plan<'p> {
    pub strike: Strike,
    pub aim: Option<&'p Aim>,
    pub counts: &'p dyn Fn(&Call) -> bool,
}

/// A child's life.
pub struct Life {
    /// The calls that counted, in order.
    pub calls: Vec<Call>,
    /// The fault was put in at the last of so many calls.
    pub struck_at: Option<usize>,
    /// Calls like the one that is aimed at.
    alike: usize,
    /// What it wrote on standard output.
    pub said: Vec<String>,
    /// How it ended.
    pub status: WaitStatus,
}

impl Default for Life {
    fn default() -> Self {
        let status = WaitStatus::StillAlive;
        Self { calls: Vec::new(), struck_at: None, alike: 0, said: Vec::new(), status }
    }
}

/// Runs `command`, which says a line when it is ready and waits for one. From there on every call is seen, until the fault
/// was put in, if it is for one call.
///
/// # Errors
/// When this machine does not let one process trace another.
pub fn live(command: &mut Command, folder: &Path, plan: &Plan<'_>) -> Result<Life, Errno> {
    let (mut child, mut output) = ready(command);
    let pid = pid_of(&child);
    let options = ptrace::Options::PTRACE_O_TRACESYSGOOD
        | ptrace::Options::PTRACE_O_TRACECLONE
        | ptrace::Options::PTRACE_O_EXITKILL;
    let seized = ptrace::seize(pid, options).and_then(|()| ptrace::interrupt(pid));
    if let Err(refused) = seized {
        let _ = child.kill();
        let _ = child.wait();
        return Err(refused);
    }
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();

    let mut life = Life::default();
    loop {
        // Children of this thread alone: others trace their own.
        let status = waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD))?;
        let (thread, signal) = match status {
            WaitStatus::Exited(ended, _) | WaitStatus::Signaled(ended, ..) if ended == pid => {
                life.status = status;
                break;
            }
            WaitStatus::PtraceSyscall(thread) => {
                at_call(&mut life, pid, thread, folder, plan);
                (thread, None)
            }
            WaitStatus::Stopped(thread, signal) => (thread, Some(signal)),
            WaitStatus::PtraceEvent(thread, ..) => (thread, None),
            WaitStatus::Exited(..)
            | WaitStatus::Signaled(..)
            | WaitStatus::Continued(_)
            | WaitStatus::StillAlive => continue,
        };
        let is_done = life.struck_at.is_some() && !matches!(plan.strike, Strike::AnswerFromHere(_));
        // A thread that was ended meanwhile is heard of by the next wait.
        let _ = if is_done { ptrace::cont(thread, signal) } else { ptrace::syscall(thread, signal) };
    }
    life.said = rest(&mut output);
    Ok(life)
}

/// Runs `command` without looking at its calls.
pub fn live_undisturbed(command: &mut Command) -> Life {
    let (mut child, mut output) = ready(command);
    let pid = pid_of(&child);
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let said = rest(&mut output);
    let status = waitpid(pid, None).unwrap();
    Life { said, status, ..Life::default() }
}

fn ready(command: &mut Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    (child, output)
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap())
}

fn rest(output: &mut BufReader<ChildStdout>) -> Vec<String> {
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    rest.lines().map(str::to_owned).collect()
}

/// A thread stands before a call, or after one.
fn at_call(life: &mut Life, pid: Pid, thread: Pid, folder: &Path, plan: &Plan<'_>) {
    let Ok(mut regs) = ptrace::getregs(thread) else { return };
    // What the kernel puts there for as long as a call has no answer yet.
    let has_no_answer = regs.rax == answer(Errno::ENOSYS);
    if !has_no_answer {
        return;
    }
    let Some(call) = Call::of(pid, &regs, folder).filter(|call| (plan.counts)(call)) else { return };
    let is_like = plan.aim.is_some_and(|aim| aim.call == call.name && aim.on == call.on);
    life.alike += usize::from(is_like);
    life.calls.push(call);
    let later = life.struck_at.is_some();
    let now = is_like && !later && plan.aim.is_some_and(|aim| aim.nth == life.alike);
    if now {
        life.struck_at = Some(life.calls.len());
    }
    match plan.strike {
        Strike::Kill if now => {
            let _ = kill(pid, Signal::SIGKILL);
        }
        Strike::Answer(errno) if now => refuse(thread, &mut regs, errno),
        Strike::AnswerFromHere(errno) if now || later => refuse(thread, &mut regs, errno),
        Strike::Kill | Strike::Answer(_) | Strike::AnswerFromHere(_) => {}
    }
}

/// No such call is made, and this is what comes back.
fn refuse(thread: Pid, regs: &mut libc::user_regs_struct, errno: Errno) {
    (regs.orig_rax, regs.rax) = (u64::MAX, answer(errno));
    let _ = ptrace::setregs(thread, *regs);
}

fn answer(errno: Errno) -> u64 {
    i64::from(errno as i32).wrapping_neg().cast_unsigned()
}
