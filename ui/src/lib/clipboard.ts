// Copying for another program. Whatever is copied is written on the screen too, and can be selected there.

/** Whether it was taken. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
