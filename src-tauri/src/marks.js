// Marks of a start and of keys, for `cargo xtask bench window` alone: times since 1970 in milliseconds, told as the page's
// title, which is the one thing that a page can say without being allowed to.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const marks = { script: now(), keys: [] };
  const tell = () => (document.title = JSON.stringify(marks));
  const field = () => document.getElementById('amount');
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));

  const look = () => {
    if (!marks.begun && document.getElementById('app')?.firstElementChild) marks.begun = now();
    if (!marks.mounted && field()) {
      marks.mounted = now();
      painted(() => {
        marks.painted = now();
        tell();
      });
    }
    if (!marks.focused && field() && document.activeElement === field()) {
      marks.focused = now();
      tell();
      seen.disconnect();
    }
  };
  const seen = new MutationObserver(look);
  seen.observe(document, { childList: true, subtree: true });
  document.addEventListener('focusin', look);

  // From the key, as the system stamped it, to the digit in the field with its layout done, and to the frame after.
  document.addEventListener(
    'input',
    (event) => {
      const key = { at: performance.timeOrigin + event.timeStamp, value: event.target.value };
      queueMicrotask(() => {
        void event.target.getBoundingClientRect();
        key.digit = now();
        requestAnimationFrame(() => {
          key.frame = now();
          marks.keys.push(key);
          tell();
        });
      });
    },
    true,
  );
})();
