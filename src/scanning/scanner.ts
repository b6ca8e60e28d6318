/** What detectors say of texts: of short ones at once, of long ones from a thread, and of some what a policy's model says. */
import { type Looks, nothingScanned, scanTexts } from '../content/detection/scan.ts';
import type { Scans, TextScan } from '../content/detection/sighting.ts';
import { redactText } from '../content/redact.ts';
import type { DeclaredLooks } from '../engine/facts.ts';
import type { DetectorDeclaration } from '../policy/model.ts';
import type { LogLine } from '../runtime/ports.ts';
import { HttpDetector, type ReadSecret } from './http-detector.ts';
import { ScanningThread } from './scanning-thread.ts';

/** What is looked at within a few milliseconds: more would hold up other calls. */
export const atOnceCharactersMax: number = 16_384;

export interface ScannerOptions {
  readonly heldSecrets: () => readonly string[];
  /** Of the credential that a model wants. */
  readonly readSecret: ReadSecret;
  readonly log: (line: LogLine) => void;
}

export class Scanner implements AsyncDisposable {
  readonly #heldSecrets: () => readonly string[];
  readonly #readSecret: ReadSecret;
  readonly #log: (line: LogLine) => void;
  readonly #thread: ScanningThread;
  readonly #looks = new WeakMap<DeclaredLooks, Looks>();
  #detector: HttpDetector | null = null;

  constructor({ heldSecrets, readSecret, log }: ScannerOptions) {
    this.#heldSecrets = heldSecrets;
    this.#readSecret = readSecret;
    this.#log = log;
    this.#thread = new ScanningThread({
      onFault: (reason) => log({ level: 'error', event: 'scan.failed', reason }),
    });
  }

  /** Never fails: a text that it says nothing of was not looked at. */
  scan(
    texts: readonly string[],
    declared: DeclaredLooks,
    detector: DetectorDeclaration | null,
  ): Scans | Promise<Scans> {
    if (texts.length === 0) return nothingScanned;
    const looks = this.#whole(declared);
    let characters = 0;
    for (const text of texts) characters += text.length;
    const scans =
      characters > atOnceCharactersMax
        ? this.#thread.scan(texts, characters, looks)
        : this.#atOnce(texts, looks);
    return detector === null ? scans : this.#withModel(texts, scans, detector);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#thread[Symbol.asyncDispose](), this.#detector?.close()]);
  }

  #atOnce(texts: readonly string[], looks: Looks): Scans {
    try {
      return scanTexts(texts, looks);
    } catch (error) {
      // No detector throws; one that does is a bug of ours, and its message may quote the text.
      const fault = error instanceof Error ? error.name : 'unknown';
      this.#log({ level: 'error', event: 'scan.failed', reason: fault });
      return nothingScanned;
    }
  }

  async #withModel(
    texts: readonly string[],
    scanning: Scans | Promise<Scans>,
    declaration: DetectorDeclaration,
  ): Promise<Scans> {
    // Whoever runs the model isn't whoever was given the secret.
    const held = this.#heldSecrets();
    const shown = texts.map((text) => redactText(text, held));
    const asked = this.#detectorFor(declaration).scores(shown);
    const [scans, scores] = await Promise.all([scanning, asked]);
    const scored = new Map<string, TextScan>();
    for (const [at, text] of texts.entries()) {
      const scan = scans.get(text);
      const model = scores[at];
      if (scan !== undefined && model !== undefined) scored.set(text, { ...scan, model });
    }
    return scored;
  }

  /** The very same as long as nothing changes: detectors prepare what they are told once. */
  #whole(declared: DeclaredLooks): Looks {
    const held = this.#heldSecrets();
    const known = this.#looks.get(declared);
    if (known?.held === held) return known;
    const whole = { ...declared, held };
    this.#looks.set(declared, whole);
    return whole;
  }

  #detectorFor(declaration: DetectorDeclaration): HttpDetector {
    const known = this.#detector;
    if (known?.isOf(declaration) === true) return known;
    // What is asked already is still answered.
    void known?.close();
    const detector = new HttpDetector(declaration, this.#readSecret);
    this.#detector = detector;
    return detector;
  }
}
