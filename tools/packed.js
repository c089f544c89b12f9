// @ts-check
/**
 * The packages as they would be published, and folders in which somebody has installed them. The versions of everything else are those
 * of the lockfile, so that a release of somebody else's cannot turn a check red over night.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ name: string, version: string, tarball: string, files: readonly string[] }} Packed */
/** @typedef {{ name?: string, type?: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string> }} Manifest */
/** @typedef {{ packages: Record<string, { version?: string, link?: boolean }> }} Lockfile */

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Packs the packages, as they were built last.
 *
 * @param {string} destination A folder for their tarballs.
 * @param {readonly string[]} names
 * @returns {Packed[]}
 */
export function pack(destination, names) {
  const workspaces = names.flatMap((name) => ['--workspace', name]);
  const output = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', destination, ...workspaces], root);
  const given = /** @type {Described[] | Record<string, Described>} */ (JSON.parse(output));
  const packed = (Array.isArray(given) ? given : Object.values(given)).map(({ name, version, filename, files }) => {
    return { name, version, tarball: join(destination, filename), files: files.map((file) => file.path) };
  });
  return names.map((name) => {
    const found = packed.find((each) => each.name === name);
    if (found === undefined) throw new Error(`npm did not pack ${name}.`);
    return found;
  });
}

/** @typedef {{ name: string, version: string, filename: string, files: { path: string }[] }} Described */

/**
 * Writes the manifest into the folder, and installs what it names: the packages' tarballs, and the locked version of
 * everything else. No install script is run. What the manifest only develops with, such as the compiler, is linked from
 * here: nothing of it runs later.
 *
 * @param {string} folder
 * @param {Manifest} manifest
 * @param {readonly Packed[]} packed
 */
export function install(folder, manifest, packed) {
  const locked = lockedVersions();
  const chosen = new Map(locked.filter(({ top }) => top).map(({ name, version }) => [name, version]));
  const tarballs = new Map(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const pin = (/** @type {Record<string, string>} */ ranges) =>
    Object.fromEntries(
      Object.keys(ranges).map((name) => {
        const version = tarballs.get(name) ?? chosen.get(name);
        if (version === undefined) throw new Error(`${name} is not in package-lock.json: use what the packages are tested with.`);
        return [name, version];
      }),
    );
  const { dependencies = {}, devDependencies = {}, ...others } = manifest;
  // By version, for a name may be locked in several: each is taken by those whose range has it.
  const overrides = {
    ...Object.fromEntries(locked.map(({ name, version }) => [`${name}@${version}`, version])),
    ...Object.fromEntries(tarballs),
  };
  const pinned = { ...others, dependencies: pin(dependencies), overrides };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(pinned, null, 2)}\n`);
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'], folder);
  for (const name of Object.keys(devDependencies)) link(name, folder);
}

/**
 * @param {string} name
 * @param {string} folder
 */
function link(name, folder) {
  const source = join(root, 'node_modules', name);
  const target = join(folder, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target);
  const { bin = {} } = /** @type {{ bin?: Record<string, string> }} */ (JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')));
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  for (const [command, file] of Object.entries(bin)) symlinkSync(join(source, file), join(folder, 'node_modules/.bin', command));
}

/** Every package of the lockfile; `top` for those that the workspace itself sees. */
function lockedVersions() {
  const lockfile = /** @type {Lockfile} */ (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  return Object.entries(lockfile.packages).flatMap(([path, { version, link }]) => {
    const [, above = '', name] = /^(.*?)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    return name === undefined || version === undefined || link === true ? [] : [{ name, version, top: above === '' }];
  });
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
