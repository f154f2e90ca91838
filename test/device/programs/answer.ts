// How a test program talks to its test: one line with JSON that starts with a mark, and functions that can be called by name.

/** Prints the answer to the question that the test has asked. */
declare const global: any;

export function answer(value: any): void {
  print("@ " + JSON.stringify(value));
}

/** Lets the test call a function by name at the console. */
export function offer(name: string, callee: (...args: any[]) => void): void {
  (global as any)[name] = callee;
}
