// What freshet uses of the WebAssembly JavaScript interface: the types of Node lack it.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: Record<string, unknown>;
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
  }
  class Memory<B extends ArrayBufferLike = ArrayBuffer> {
    readonly buffer: B;
    constructor(
      size: { initial: number; maximum: number } & (B extends SharedArrayBuffer
        ? { shared: true }
        : { shared?: false }),
    );
    /** Grows by this many pages of 64 KiB, in place. Earlier views of the buffer are detached, but of one that is shared. */
    grow(pages: number): number;
  }
  class Global {
    readonly value: number;
  }
}
