import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Names of user ids: our own, and those in /etc/passwd; the number where neither knows it (a directory service would have to be asked). */
export function userNames(passwd = '/etc/passwd'): (uid: number) => string {
  const known = new Map<number, string>();
  let read = false;
  return (uid) => {
    if (!read) {
      read = true;
      for (const [name, id] of entries(passwd)) known.set(id, name);
      try {
        known.set(userInfo().uid, userInfo().username);
      } catch {
        // a container's user without an entry: the number will do
      }
    }
    return known.get(uid) ?? String(uid);
  };
}

function entries(path: string): [string, number][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line): [string, number][] => {
        const [name, , id] = line.split(':');
        return name === undefined || id === undefined ? [] : [[name, Number.parseInt(id, 10)]];
      });
  } catch {
    return []; // no such file here: numbers instead of names
  }
}
