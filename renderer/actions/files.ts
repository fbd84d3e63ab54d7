/** Files that the person picks or is given: through the browser's own dialogs, in every host. */

export interface Files {
  /** Asks for one file; null when the person changes their mind. `accept` as for `<input type=file>`. */
  pick(accept: string): Promise<File | null>;
  /** Hands a text to the person as a download. */
  save(fileName: string, content: string, type: string): void;
}

/** Long enough for any browser to have begun reading the download. */
const REVOKE_AFTER_MS = 60_000;

export const browserFiles: Files = {
  pick(accept) {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    return new Promise((resolve) => {
      input.addEventListener('change', () => resolve(input.files?.[0] ?? null), { once: true });
      input.addEventListener('cancel', () => resolve(null), { once: true });
      input.click();
    });
  },
  save(fileName, content, type) {
    const url = URL.createObjectURL(new Blob([content], { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
  },
};
