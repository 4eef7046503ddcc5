//! A place for something that is opened once, at first need, and may be opened anew. Owns who opens: one at a time, while
//! everybody else waits for it.

use std::sync::{PoisonError, RwLock};
use tokio::sync::{Mutex, MutexGuard};

pub(crate) struct Slot<T> {
    held: RwLock<Option<T>>,
    opening: Mutex<()>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { held: RwLock::new(None), opening: Mutex::new(()) }
    }
}

impl<T: Clone> Slot<T> {
    pub(crate) fn get(&self) -> Option<T> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) async fn get_or_open<E>(&self, open: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(held) = self.get() {
            return Ok(held);
        }
        let _opening = self.opening.lock().await;
        if let Some(held) = self.get() {
            return Ok(held);
        }
        let opened = open().await?;
        self.hold(Some(opened.clone()));
        Ok(opened)
    }

    /// Empties the place. Whoever needs what was there waits until the guard is gone, and opens it anew.
    pub(crate) async fn empty(&self) -> MutexGuard<'_, ()> {
        let opening = self.opening.lock().await;
        self.hold(None);
        opening
    }

    fn hold(&self, held: Option<T>) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_emptied_is_opened_anew_by_whoever_needs_it_and_not_before_the_guard_is_gone() {
        let slot = Slot::default();
        assert_eq!(slot.get_or_open(async || Ok::<_, ()>(1)).await, Ok(1));
        assert_eq!(slot.get_or_open(async || Ok::<_, ()>(2)).await, Ok(1), "opened once");
        let guard = slot.empty().await;
        assert_eq!(slot.get(), None);
        let waiting = slot.get_or_open(async || Ok::<_, ()>(3));
        tokio::pin!(waiting);
        let early = tokio::time::timeout(std::time::Duration::from_millis(20), waiting.as_mut()).await;
        assert!(early.is_err());
        drop(guard);
        assert_eq!(waiting.await, Ok(3));
        slot.hold(None);
        assert_eq!(slot.get_or_open(async || Err(())).await, Err(()));
        assert_eq!(slot.get(), None, "what does not open is not held");
    }
}
