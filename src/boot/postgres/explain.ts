type Explanation = Readonly<{ sign: RegExp; sentence: (folder: string) => string }>

const explanations: readonly Explanation[] = [
  {
    sign: /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/,
    sentence: (folder) =>
      `There is no room left on the disk of ${folder}: free some, or set DATA_DIR to a folder on another disk.`,
  },
  {
    sign: /Read-only file system|EROFS/,
    sentence: (folder) =>
      `${folder} is on a file system that is read-only: set DATA_DIR to a folder that can be written.`,
  },
  {
    sign: /EEXIST|ENOTDIR|Not a directory/,
    sentence: (folder) => `${folder} is not a folder: set DATA_DIR to one, or move that file away.`,
  },
  {
    sign: /Permission denied|EACCES|EPERM|Operation not permitted|wrong ownership/,
    sentence: (folder) =>
      `The user who runs Entremise may not read and write ${folder}: give it to that user (chown -R), or set DATA_DIR to another folder.`,
  },
  {
    sign: /error while loading shared libraries|Library not loaded/,
    sentence: () => 'The installed PostgreSQL lacks its libraries: run "npm run prestart" once, or "npm ci".',
  },
  {
    sign: /ENOENT: no such file or directory, mkdir/,
    sentence: (folder) => `${folder} cannot be made there: set DATA_DIR to a folder on a disk.`,
  },
  {
    sign: /ENOENT/,
    sentence: (folder) =>
      `This system cannot run ${folder}: PostgreSQL from npm needs glibc and util-linux; set DATABASE_URL to a PostgreSQL of your own.`,
  },
  {
    sign: /could not (map|create|open) .*shared memory|Cannot allocate memory/,
    sentence: () =>
      'There is too little memory for PostgreSQL: free some, or set DATABASE_URL to a PostgreSQL elsewhere.',
  },
  {
    sign: /invalid checkpoint|could not locate a valid checkpoint|PANIC/,
    sentence: (folder) => `The database in ${folder} is damaged and PostgreSQL cannot mend it: restore a backup.`,
  },
]

/**
 * Says in one sentence what stopped PostgreSQL and what to do about it.
 * @param output what it wrote before it ended, or the system's error
 * @param folder what it was working on
 */
export function explain(output: string, folder: string): string {
  const known = explanations.find(({ sign }) => sign.test(output))
  return known ? known.sentence(folder) : `PostgreSQL did not start: ${lastComplaint(output)}`
}

function lastComplaint(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const complaint = lines.findLast((line) => /FATAL|error:/i.test(line)) ?? lines.at(-1) ?? 'it ended without a word'
  return complaint.replace(/^.*?(FATAL|error):\s*/i, '')
}
