/**
 * What every client program of the matrix is told and what it prints, whatever language it is written in.
 *
 * In: `argv[2]`, a JSON `Plan`; the bearer token in `MATRIX_TOKEN`. Out: one JSON `Report` on the last line.
 */
import { z } from 'zod';

export interface Plan {
  readonly url: string;
  /** Sent as the header `Sallyport-Run`. */
  readonly run: string | null;
  /** Whether it says that it can show a page, and goes on at once after it was shown one. */
  readonly pages: boolean;
  readonly calls: readonly {
    readonly tool: string;
    readonly args: Readonly<Record<string, unknown>>;
  }[];
}

export const planShape: z.ZodType<Plan> = z.object({
  url: z.string(),
  run: z.string().nullable(),
  pages: z.boolean(),
  calls: z.array(z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) })),
});

export interface CallReport {
  readonly tool: string;
  /** The result was marked as an error, or the SDK raised one. */
  readonly failed: boolean;
  /** What a program reads without parsing text: the code in the result's `_meta`. */
  readonly code: string | null;
  /** Of a call that waits for a person: by which it is looked up, from the same place. */
  readonly ticket: string | null;
  /** What a model would be shown: the text blocks of the result, or the message of what the SDK raised. */
  readonly text: string;
  readonly raised: boolean;
  /** Of the frame that Sallyport put round the texts, from the result's `_meta`. */
  readonly boundary: string | null;
  /** The result's `structuredContent`, as the SDK hands it over. */
  readonly data: unknown;
}

export interface Report {
  readonly protocol: string | null;
  readonly tools: readonly { readonly name: string; readonly typed: boolean }[];
  /** The URLs of the pages that it was asked to show, in a call or by an error. */
  readonly pages: readonly string[];
  readonly calls: readonly CallReport[];
}

export const reportShape: z.ZodType<Report> = z.object({
  protocol: z.string().nullable(),
  tools: z.array(z.object({ name: z.string(), typed: z.boolean() })),
  pages: z.array(z.string()),
  calls: z.array(
    z.object({
      tool: z.string(),
      failed: z.boolean(),
      code: z.string().nullable(),
      ticket: z.string().nullable(),
      text: z.string(),
      raised: z.boolean(),
      boundary: z.string().nullable(),
      data: z.unknown(),
    }),
  ),
});

export const decisionKey = 'dev.sallyport/decision';
export const frameKey = 'dev.sallyport/frame';

const resultShape = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
  _meta: z
    .looseObject({
      [decisionKey]: z
        .looseObject({ code: z.string().optional(), ticket: z.string().optional() })
        .optional(),
      [frameKey]: z.string().optional(),
    })
    .optional(),
});

/** Both SDKs keep an error's code and data. */
const pageErrorShape = z.object({
  code: z.literal(-32_042),
  data: z.object({ elicitations: z.array(z.object({ url: z.string() })) }),
});

/** A call as the two TypeScript programs report it. */
export async function reportCall(
  tool: string,
  call: Promise<unknown>,
  pages: string[],
): Promise<CallReport> {
  try {
    const result = resultShape.parse(await call);
    return {
      tool,
      failed: result.isError === true,
      code: result._meta?.[decisionKey]?.code ?? null,
      ticket: result._meta?.[decisionKey]?.ticket ?? null,
      text: result.content.map((block) => block.text ?? `[${block.type}]`).join('\n'),
      raised: false,
      boundary: result._meta?.[frameKey] ?? null,
      data: result.structuredContent ?? null,
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const asked = pageErrorShape.safeParse(error).data?.data.elicitations ?? [];
    pages.push(...asked.map(({ url }) => url));
    const nothing = { code: null, ticket: null, boundary: null, data: null };
    return { tool, failed: true, text, raised: true, ...nothing };
  }
}

export function readPlan(): { readonly plan: Plan; readonly headers: Record<string, string> } {
  const plan = planShape.parse(JSON.parse(process.argv[2] ?? ''));
  const token = process.env['MATRIX_TOKEN'];
  return {
    plan,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(plan.run === null ? {} : { 'sallyport-run': plan.run }),
    },
  };
}
