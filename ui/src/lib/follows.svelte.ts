// What the system asks of a page: darker, more contrast. Owns the listening; it ends with the component that asked.

/** Whether a media query holds, and follows it. Asked while a component is made. */
export function follows(query: string): () => boolean {
  const media = window.matchMedia?.(query);
  let matches = $state(media?.matches ?? false);
  $effect(() => {
    const follow = (event: MediaQueryListEvent) => (matches = event.matches);
    media?.addEventListener('change', follow);
    return () => media?.removeEventListener('change', follow);
  });
  return () => matches;
}
