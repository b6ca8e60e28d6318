/** What a worker is trying at this moment, where its parent can read it while the worker is stuck. */
const headBytes = 12;
const inputLengthMax = 1_048_576;

export function progressMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + inputLengthMax * 2);
}

export function progressWriter(memory: SharedArrayBuffer): (place: number, input: string) => void {
  const head = new Int32Array(memory, 0, 3);
  const units = new Uint16Array(memory, headBytes);
  return (place, input) => {
    const length = Math.min(input.length, inputLengthMax);
    for (let at = 0; at < length; at += 1) units[at] = input.charCodeAt(at);
    head[1] = length;
    head[2] = place;
    // Last: whoever sees the count move sees the input that belongs to it.
    Atomics.add(head, 0, 1);
  };
}

export interface Progress {
  readonly rounds: number;
  /** Which of the worker's targets. */
  readonly place: number;
  readonly input: () => string;
}

export function readProgress(memory: SharedArrayBuffer): Progress {
  const head = new Int32Array(memory, 0, 3);
  return {
    rounds: Atomics.load(head, 0),
    place: head[2] ?? 0,
    input: () =>
      Array.from(new Uint16Array(memory, headBytes, head[1] ?? 0), (unit) =>
        String.fromCharCode(unit),
      ).join(''),
  };
}
