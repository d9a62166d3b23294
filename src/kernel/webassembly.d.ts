// What freshet uses of the WebAssembly JavaScript interface: the types of Node lack it.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: Record<string, unknown>;
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    constructor(size: { initial: number; maximum: number });
    /** Grows by this many pages of 64 KiB, in place; earlier views of the buffer are detached. */
    grow(pages: number): number;
  }
  class Global {
    readonly value: number;
  }
}
