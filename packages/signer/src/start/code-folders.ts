import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * The folders that hold our code and what it imports, for a sandbox to read. Installed: the outermost `node_modules`.
 * In a workspace: its `packages` and `node_modules`, not what else lies beside them.
 * @param file a file of this package
 */
export function codeFolders(file: string): readonly string[] {
  const parts = file.split(sep);
  const outermost = parts.indexOf('node_modules');
  if (outermost !== -1) return [parts.slice(0, outermost + 1).join(sep)];
  const found = [dirname(file)];
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules')) && existsSync(join(folder, 'packages'))) {
      return [join(folder, 'packages'), join(folder, 'node_modules')];
    }
    if (existsSync(join(folder, 'node_modules'))) found.push(join(folder, 'node_modules'));
  }
  return found;
}
