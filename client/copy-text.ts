/**
 * Puts a text on the clipboard.
 * @param what it is, as "The token"
 * @returns what to say of it
 */
export async function copyText(text: string, what: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return `${what} is copied.`;
  } catch {
    // Browsers withhold the clipboard from pages served by plain http.
    return 'The browser does not let pages copy here: mark the text and copy it yourself.';
  }
}
