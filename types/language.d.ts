// The JavaScript library as Espruino 2v29 really has it. There is no other one for device code (`noLib`): what is not
// declared here is missing on the board, and the compiler says so.

interface Object {
  hasOwnProperty(name: string): boolean;
  toString(): string;
}
interface ObjectConstructor {
  new (): Object;
  keys(value: object): string[];
  assign<T extends object, U extends object>(target: T, source: U): T & U;
  assign<T extends object, U extends object, V extends object>(target: T, source: U, another: V): T & U & V;
}
declare var Object: ObjectConstructor;

interface Function {
  apply(thisValue: any, args?: any): any;
  call(thisValue: any, ...args: any[]): any;
  bind(thisValue: any, ...args: any[]): any;
  readonly length: number;
  prototype: any;
}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface FunctionConstructor {
  new (...args: string[]): Function;
}
declare var Function: FunctionConstructor;

interface IArguments {
  [index: number]: any;
  length: number;
}

interface Boolean {}

interface Number {
  toString(radix?: number): string;
  toFixed(digits: number): string;
}

/** A string is bytes: characters 0..255, whatever their meaning (docs/text). */
interface String {
  readonly length: number;
  readonly [index: number]: string;
  charAt(position: number): string;
  charCodeAt(position: number): number;
  /** Only on a computer. */
  codePointAt?(position: number): number;
  indexOf(search: string, from?: number): number;
  lastIndexOf(search: string, from?: number): number;
  includes(search: string): boolean;
  startsWith(search: string): boolean;
  endsWith(search: string): boolean;
  substr(start: number, length?: number): string;
  substring(start: number, end?: number): string;
  slice(start: number, end?: number): string;
  split(separator: string): string[];
  match(pattern: RegExp): string[] | null;
  replace(pattern: string | RegExp, replacement: string | ((match: string, ...groups: any[]) => string)): string;
  toLowerCase(): string;
  toUpperCase(): string;
  trim(): string;
}
interface StringConstructor {
  (value?: any): string;
  fromCharCode(...codes: number[]): string;
}
declare var String: StringConstructor;

interface RegExp {
  test(text: string): boolean;
  exec(text: string): string[] | null;
  lastIndex: number;
}

interface RegExpConstructor {
  new (pattern: string, flags?: string): RegExp;
}
declare var RegExp: RegExpConstructor;

interface Array<T> {
  readonly length: number;
  [index: number]: T;
  push(...items: T[]): number;
  pop(): T | undefined;
  shift(): T | undefined;
  splice(start: number, count?: number, ...items: T[]): T[];
  slice(start?: number, end?: number): T[];
  concat(...items: (T | T[])[]): T[];
  join(separator?: string): string;
  indexOf(item: T): number;
  forEach(callback: (item: T, index: number) => void): void;
  map<U>(callback: (item: T, index: number) => U): U[];
  filter(callback: (item: T, index: number) => boolean): T[];
}
interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
}
interface ArrayConstructor {
  new (length: number): any[];
  isArray(value: any): value is any[];
}
declare var Array: ArrayConstructor;

interface Error {
  message: string;
  stack?: string;
}
interface ErrorConstructor {
  new (message?: string): Error;
}
declare var Error: ErrorConstructor;

interface Date {
  getTime(): number;
  toISOString(): string;
}
interface DateConstructor {
  new (ms?: number | string): Date;
  now(): number;
  parse(text: string): number;
}
declare var Date: DateConstructor;

interface Math {
  floor(x: number): number;
  round(x: number): number;
  ceil(x: number): number;
  abs(x: number): number;
  min(a: number, b: number): number;
  max(a: number, b: number): number;
  random(): number;
  pow(x: number, y: number): number;
}
declare var Math: Math;

interface JSON {
  parse(text: string): any;
  stringify(value: any): string;
}
declare var JSON: JSON;

interface ArrayBuffer {
  readonly byteLength: number;
}
interface Uint8Array {
  readonly length: number;
  set(source: Uint8Array, offset: number): void;
  readonly buffer: ArrayBuffer;
  [index: number]: number;
  indexOf(value: number, from?: number): number;
}
interface Uint8ArrayConstructor {
  new (source: ArrayBuffer | number | readonly number[], offset?: number, length?: number): Uint8Array;
}
declare var Uint8Array: Uint8ArrayConstructor;
interface Uint32Array {
  readonly length: number;
  readonly buffer: ArrayBuffer;
  set(source: Uint32Array, offset: number): void;
  [index: number]: number;
  indexOf(value: number, from?: number): number;
}
interface Uint32ArrayConstructor {
  new (source: ArrayBuffer | Uint32Array | number | readonly number[], offset?: number, length?: number): Uint32Array;
}
declare var Uint32Array: Uint32ArrayConstructor;

declare function parseInt(text: string, radix?: number): number;
declare function parseFloat(text: string): number;
declare const Infinity: number;
declare function isNaN(value: any): boolean;

type Partial<T> = { [K in keyof T]?: T[K] };
type Record<K extends string | number, T> = { [P in K]: T };
