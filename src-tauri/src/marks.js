// Marks of a start, of keys and of answers, for `cargo xtask bench window` alone: times since 1970 in milliseconds, told as the page's
// title, which is the one thing that a page can say without being allowed to.
(() => {
  const tenths = (ms) => Math.round(ms * 10) / 10;
  const now = () => tenths(performance.timeOrigin + performance.now());
  const marks = { script: now(), keys: [], paid: [] };
  // WebKit cuts a title at a thousand characters: of many keys the last are told.
  const KEYS_TOLD = 6;
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

  // From the moment that the till wrote an answer down, which the card tells, to the frame that shows it.
  const known = new Set();
  const answered = () => {
    for (const card of document.querySelectorAll('[data-testid="payment-card"][data-state="paid"]')) {
      const written = Date.parse(card.querySelector('time')?.dateTime ?? '');
      if (known.has(card.dataset.paymentId) || Number.isNaN(written)) continue;
      known.add(card.dataset.paymentId);
      requestAnimationFrame(() => {
        marks.paid.push(tenths(now() - written));
        tell();
      });
    }
  };
  new MutationObserver(answered).observe(document, { childList: true, subtree: true, attributes: true });

  // From the key, as the system stamped it, to the digit in the field with its layout done, and to the frame after.
  document.addEventListener(
    'input',
    (event) => {
      const key = { at: tenths(performance.timeOrigin + event.timeStamp), value: event.target.value };
      queueMicrotask(() => {
        void event.target.getBoundingClientRect();
        key.digit = now();
        requestAnimationFrame(() => {
          key.frame = now();
          marks.keys = [...marks.keys, key].slice(-KEYS_TOLD);
          tell();
        });
      });
    },
    true,
  );
})();
