/** The module's factory by itself: what the package exports is one instance for ever, also after it broke. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface Grammar {
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytesMax: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(query: number): number;
    _wasm_free_parse_result(result: number): void;
  }
  export default function factory(options: {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
    readonly instantiateWasm: (
      imports: object,
      receive: (instance: WebAssembly.Instance) => void,
    ) => void;
  }): Promise<Grammar>;
}

/** The part of it that is used: neither the language's types nor Node's have it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: object);
  }
}
