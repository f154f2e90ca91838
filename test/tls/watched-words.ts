// Words that tell when they are written to.

/**
 * A view on `words` that behaves as they do and reports each write before it happens.
 * @param onWrite gets the index of the (first) word written
 */
export function watchWords(words: Uint32Array, onWrite: (index: number) => void): Uint32Array {
  const set = (source: ArrayLike<number>, offset = 0): void => {
    onWrite(offset);
    words.set(source, offset);
  };
  return new Proxy(words, {
    get(target, key) {
      if (key === "set") return set;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set(target, key, value: number) {
      onWrite(Number(key));
      target[Number(key)] = value;
      return true;
    },
  });
}
