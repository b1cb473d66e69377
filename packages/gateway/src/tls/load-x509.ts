type Key = string | symbol;
const metadata = new WeakMap<object, Map<Key, unknown>>();

/**
 * The three functions of `reflect-metadata` that the certificate library's own container asks for at load time. It stores
 * nothing that decides anything here; a package of 200 KB that patches more globals would be the other way.
 */
function provideReflection(): void {
  if ('getMetadata' in Reflect) return;
  const own = (key: Key, target: object): unknown => metadata.get(target)?.get(key);
  const define = (key: Key, value: unknown, target: object): void => {
    const known = metadata.get(target) ?? new Map<Key, unknown>();
    metadata.set(target, known.set(key, value));
  };
  const inherited = (key: Key, target: object): unknown => {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
      if (metadata.get(at)?.has(key)) return own(key, at);
    }
    return undefined;
  };
  Object.assign(Reflect, { defineMetadata: define, getOwnMetadata: own, getMetadata: inherited });
}

/** The certificate library, loaded when certificates are made or looked into: a start with valid files does without. */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  provideReflection();
  return import('@peculiar/x509');
}
