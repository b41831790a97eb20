/** False for a program, an archive, a picture. A log in Latin-1 is text, though its letters come out as U+FFFD. */
export function isText(head: string): boolean {
  return head !== '' && !head.includes('\u0000');
}

/**
 * How sure a text is a job's log by its file's name alone: just enough to be looked through, since the first line of an engine, a trainer
 * or a table may stand far down, behind megabytes of modules being loaded.
 */
export function jobLogByName(head: string, file: string | undefined): number {
  if (file === undefined || !isText(head)) return 0;
  return /\.(?:out|err|log)$/.test(file) || /slurm-\d/.test(file.slice(file.lastIndexOf('/') + 1)) ? 0.51 : 0;
}
